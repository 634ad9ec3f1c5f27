/** What a mission of the proof of faults is given, and what it says at its end. */

export type MissionOptions = {
  /** The same seed does the same at the same moments. */
  readonly seed: number;
  /** Told what is being done, in a few words. */
  readonly progress: (what: string) => void;
};

export type Mission = { readonly name: string; readonly holds: boolean; readonly figures: string };

type Prove = (options: MissionOptions) => Promise<Mission[]>;

/** One after the other; one that breaks off does not hold, and the others go on. */
export async function runEach(options: MissionOptions, missions: Record<string, Prove>): Promise<Mission[]> {
  const all: Mission[] = [];
  for (const [name, prove] of Object.entries(missions)) {
    const broken = ({ message }: Error) => [{ name, holds: false, figures: `broke off: ${message.slice(0, 500)}` }];
    all.push(...(await prove(options).catch(broken)));
  }
  return all;
}
