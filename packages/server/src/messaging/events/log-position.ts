/**
 * How far sockets have been told, as the text that a stock client keeps and sends when it comes back: a position in the
 * server's log, and the mark of the last piece of an answer under way. Marks count in one process and end with it.
 */

/** A position in the log, and a mark among the pieces of this process (0: none). */
export type Offset = { position: number; mark: number };

/** What this process has told so far: every socket that was there has seen it. */
export type Told = Offset & {
  /** Names this process, because another one counts its marks anew. */
  readonly epoch: string;
};

export const startTelling = (position: number): Told => ({
  position,
  mark: 0,
  epoch: crypto.randomUUID().slice(0, 8),
});

export const formatOffset = ({ epoch }: Told, { position, mark }: Offset): string =>
  mark === 0 ? String(position) : `${position}.${epoch}.${mark}`;

/** Nothing for a text that no server gave, and for a position that was never told. */
export function parseOffset(told: Told, text: string): Offset | undefined {
  const [, position, epoch, mark] = /^(\d{1,15})(?:\.([\da-f]{8})\.(\d{1,15}))?$/.exec(text) ?? [];
  if (position === undefined || Number(position) > told.position) return undefined;
  return { position: Number(position), mark: epoch === told.epoch ? Math.min(Number(mark), told.mark) : 0 };
}
