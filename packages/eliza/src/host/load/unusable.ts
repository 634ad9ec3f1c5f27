/** The project cannot be run as it is: the message says what to do, and a restart would not help. */
export class Unusable extends Error {
  override name = 'Unusable';
}

export const wordsOf = (error: unknown): string => {
  const words = error instanceof Error ? error.message : String(error);
  return words.length > 500 ? `${words.slice(0, 500)}…` : words;
};
