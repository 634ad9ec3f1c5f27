/** What a mission of the proof of faults is given, and what it says at its end. */

export type MissionOptions = {
  /** The same seed does the same at the same moments. */
  readonly seed: number;
  /** Told what is being done, in a few words. */
  readonly progress: (what: string) => void;
};

export type Mission = { readonly name: string; readonly holds: boolean; readonly figures: string };
