/** How often somebody connected in the last minute. Bounded: those who came longest ago are forgotten first. */
const windowMs = 60_000;
const mostPeople = 5_000;
const mostTimes = 50;

export type Connects = { add(entityId: string, now: number): void; count(entityId: string, now: number): number };

export function createConnects(): Connects {
  const times = new Map<string, number[]>();
  return {
    add(entityId, now) {
      const recent = (times.get(entityId) ?? []).filter((time) => time > now - windowMs).slice(1 - mostTimes);
      times.delete(entityId);
      times.set(entityId, [...recent, now]);
      if (times.size > mostPeople) times.delete(times.keys().next().value as string);
    },
    count: (entityId, now) => (times.get(entityId) ?? []).filter((time) => time > now - windowMs).length,
  };
}
