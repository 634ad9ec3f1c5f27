/** What a server in this process writes: texts that are large are few, and never many in a row. */
import type { TestContext } from 'node:test';

/** Counts what this process writes as JSON of more than so many letters, in each turn of the program, and in all. */
export function countLargeTexts(t: TestContext, letters: number) {
  const { stringify } = JSON;
  let [most, written, all] = [0, 0, 0];
  t.mock.method(JSON, 'stringify', (...given: Parameters<typeof stringify>) => {
    const text = stringify(...given);
    if (text?.length > letters) {
      all += 1;
      most = Math.max(most, ++written);
    }
    return text;
  });
  const turn = () => {
    written = 0;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  t.after(() => clearImmediate(next));
  return {
    inAll: () => all,
    mostInOneTurn() {
      clearImmediate(next);
      return most;
    },
  };
}
