/**
 * What a client heard, and not its place in the log: the place is an event of its own behind what it belongs to. Who is cut
 * off between the two hears such an event once more when it is back, as docs/promises.md says; nothing else may come twice.
 */
type Places = {
  /** Heard on this connection since the last place. */
  without: Set<string>;
  /** Heard without a place on an earlier one, and not come again yet. */
  mayComeAgain: Set<string>;
};

export function openPlaces() {
  const clients = new Map<string, Places>();
  let count = 0;
  const of = (client: string): Places => {
    const known = clients.get(client) ?? { without: new Set(), mayComeAgain: new Set() };
    clients.set(client, known);
    return known;
  };
  return {
    heard: (client: string, what: string) => void of(client).without.add(what),
    placed: (client: string) => of(client).without.clear(),
    cutOff(client: string): void {
      const places = of(client);
      for (const what of places.without) places.mayComeAgain.add(what);
      places.without.clear();
    },
    /** True once for each event that may be heard twice. */
    takeAgain(client: string, what: string): boolean {
      const isAllowed = of(client).mayComeAgain.delete(what);
      if (isAllowed) count += 1;
      return isAllowed;
    },
    /** How often that was. */
    countAgain: () => count,
  };
}
