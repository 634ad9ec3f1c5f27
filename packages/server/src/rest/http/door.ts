/**
 * A door: the addresses of one kind of clients, with the rows behind them and the shape of errors that these clients read.
 * rest/doors.ts lists all doors; nothing else knows which ones there are.
 */
import type { ElizadError } from 'elizad-protocol';
import { type RestRow, type RestRowName, restRows } from 'elizad-protocol/rest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RestHandlers } from './handler.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Which door it came to; set before anything else looks at it. */
    door: Door;
  }
}

/** An error as it is sent: its body, and headers beside the usual ones. */
export type Failure = { body: object; headers?: Readonly<Record<string, string>> };

export type Door<T extends Record<string, RestRow> = Record<string, RestRow>> = {
  /**
   * The beginnings of its addresses, without a slash at the end. Below them the door answers for addresses that no row has;
   * rows may have addresses outside of them. `/` takes what no other door has.
   */
  readonly prefixes: readonly string[];
  /** Below it, a caller without the key does not learn that an address does not exist. */
  readonly guarded?: string;
  readonly rows: T;
  readonly handlers: RestHandlers<T>;
  describeFailure(error: ElizadError): Failure;
  /** Whether a request counts towards the limit of the address that it comes from. */
  isRated(request: FastifyRequest): boolean;
  /** Headers of its answers that pages of other sites may read. */
  readonly pageHeaders?: readonly string[];
  /** What it sends at addresses that no row has; a door without it has nothing there. */
  readonly unrouted?: {
    /** Whether pages of every site may have it. */
    isPublic(request: FastifyRequest): boolean;
    send(
      request: FastifyRequest,
      reply: FastifyReply,
      basePath: string,
    ): FastifyReply | Promise<FastifyReply> | undefined;
  };
};

/** A door without rows of its own to name: they are those that it has handlers for. */
export const createDoor = <N extends RestRowName>(
  handlers: RestHandlers<Pick<typeof restRows, N>>,
  door: Omit<Door, 'rows' | 'handlers'>,
): Door<Pick<typeof restRows, N>> => ({ ...door, handlers, rows: pickRows(Object.keys(handlers) as N[]) });

const pickRows = <N extends RestRowName>(names: readonly N[]) =>
  Object.fromEntries(names.map((name) => [name, restRows[name]])) as Pick<typeof restRows, N>;
