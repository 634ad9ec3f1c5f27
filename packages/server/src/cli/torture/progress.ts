/** The line that a run shows while it goes on, on stderr. */

const liveMs = 250;
const quietMs = 5_000;

/** Rewrites one line on a terminal; elsewhere says something every five seconds. Returns what ends it. */
export function showProgress(describe: () => string, to: NodeJS.WriteStream = process.stderr): () => void {
  const isTerminal = to.isTTY === true;
  // A line that wraps could not be rewritten.
  const fit = (text: string) => (isTerminal ? text.slice(0, Math.max(20, to.columns - 3)) : text);
  const show = () => to.write(isTerminal ? `\r\u001b[K  ${fit(describe())}` : `  ${describe()}\n`);
  const timer = setInterval(show, isTerminal ? liveMs : quietMs);
  return () => {
    clearInterval(timer);
    if (isTerminal) to.write('\r\u001b[K');
  };
}
