/** Numbers and flags as they come from an engine: the driver of one gives a number where that of another gives text. */

/** What `count`, `sum`, `avg`, `min` and `max` may give. */
export type Figure = number | string;

/** Null, as of a sum over nothing, is 0. */
export const toNumber = (figure: Figure | null): number => Number(figure ?? 0);

/** What a condition gives that is selected: it is looked at as `if` does. */
export type Flag = boolean | 0 | 1;
