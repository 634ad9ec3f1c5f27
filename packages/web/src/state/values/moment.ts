/** Times in ms, as dates can say them. */
const mostMs = 8.64e15;

export const isMoment = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && Math.abs(value) <= mostMs;
