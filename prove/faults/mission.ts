/** A mission of `prove:faults`: one thing that fails, and whether the promises hold while it does. */
export type Mission = {
  name: string;
  holds: boolean;
  /** What was done, and what was found. */
  figures: string;
};

export type MissionOptions = { seed: number; progress(text: string): void };
export type RunMission = (options: MissionOptions) => Promise<Mission[]>;
