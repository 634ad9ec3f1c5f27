/** The port to models that turn texts into vectors. */
import type { ErrorCode } from 'elizad-protocol';

/** What turns texts into vectors; one for each text, in their order. It may reject, and ends when `signal` aborts. */
export type Embedder = {
  readonly name: string;
  embed(texts: readonly string[], signal: AbortSignal, how?: EmbedHow): Promise<Float32Array[]>;
};

/** With `isWhole` a text that is too long for the model is refused, and else cut. `onTokens` is told what it took, where the provider says it. */
export type EmbedHow = { readonly isWhole?: boolean; readonly onTokens?: (tokens: number) => void };

/** Why an embedder has failed. */
export class EmbedderError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
