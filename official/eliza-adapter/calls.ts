/** A call of a method, or of a few that belong together, on either side. */
import fc from 'fast-check';
import type { Callable } from './sides.ts';

export type Call = {
  readonly name: string;
  readonly args: readonly unknown[];
  run(adapter: Callable): Promise<unknown>;
};

/** Calls the method; arguments may be changed by it, so each side has its own. */
export const call = (name: string, ...args: readonly fc.Arbitrary<unknown>[]): fc.Arbitrary<Call> =>
  fc.tuple(...args).map((given) => makeCall(name, given, (adapter, copies) => invoke(adapter, name, ...copies)));

/** Something that takes more than one method. */
export const compound = (
  name: string,
  run: (adapter: Callable, args: unknown[]) => Promise<unknown>,
  ...args: readonly fc.Arbitrary<unknown>[]
): fc.Arbitrary<Call> => fc.tuple(...args).map((given) => makeCall(name, given, run));

/** Never the same on both sides, as what a method throws may be. */
export class NoMethod extends Error {}

export function invoke(adapter: Callable, name: string, ...args: unknown[]): Promise<unknown> {
  const method = adapter[name];
  if (!method) throw new NoMethod(name);
  return method.apply(adapter, args);
}

const makeCall = (name: string, args: unknown[], run: (adapter: Callable, args: unknown[]) => Promise<unknown>): Call =>
  Object.assign(
    { name, args, run: (adapter: Callable) => run(adapter, structuredClone(args)) },
    // What fast-check prints of a sequence that fails.
    { [fc.toStringMethod]: () => `${name}(${args.map((one) => fc.stringify(one).slice(0, 300)).join(', ')})` },
  );
