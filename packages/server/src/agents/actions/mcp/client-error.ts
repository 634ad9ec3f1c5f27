/** What an error of the MCP client says, read from its fields, so that nobody has to load the client for it. */

/** Whether the server itself has answered, with an error of the protocol: so it is there. */
export const isAnswer = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'number';

/** In words for people, and for the model: without what was sent. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  if ('statusCode' in error && typeof error.statusCode === 'number') return `it answered with HTTP ${error.statusCode}`;
  const { code, syscall, message } = (error.cause instanceof Error ? error.cause : error) as NodeJS.ErrnoException;
  if (syscall?.startsWith('spawn')) return `its command cannot be started (${code})`;
  return typeof code === 'string' ? `it cannot be reached (${code})` : message;
}
