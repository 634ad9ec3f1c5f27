/** When something happened, of the last few that did: for what is told about them soon after, and lost with the process. */
export type RecentTimes = {
  note(id: string): void;
  /** In ms since the epoch; undefined when it is too long ago. */
  find(id: string): number | undefined;
};

export function createRecentTimes(most = 2_000): RecentTimes {
  const times = new Map<string, number>();
  return {
    note(id) {
      times.set(id, Date.now());
      if (times.size <= most) return;
      const [oldest] = times.keys();
      times.delete(oldest as string);
    },
    find: (id) => times.get(id),
  };
}
