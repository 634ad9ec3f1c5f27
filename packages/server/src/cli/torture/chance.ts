/** Chance that a seed repeats: each actor of a run draws from a stream of its own, whatever the others do. */
import { uniformFloat32 } from 'pure-rand/distribution/uniformFloat32';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export type Chance = {
  /** True with a probability from 0 to 1. */
  happens(probability: number): boolean;
  /** A whole number between two, both included. */
  between(least: number, most: number): number;
  /** One of a list that is not empty. */
  oneOf<T>(list: readonly T[]): T;
};

export function createChance(seed: number, actor: number): Chance {
  const generator = xoroshiro128plus((seed * 1_000_003 + actor) | 0);
  const between = (least: number, most: number) => uniformInt(generator, least, most);
  return {
    happens: (probability) => uniformFloat32(generator) < probability,
    between,
    oneOf: (list) => list[between(0, list.length - 1)] as (typeof list)[number],
  };
}

/** Resolves after some ms. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
