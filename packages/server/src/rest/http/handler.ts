/** What a handler of a route is: it is given what its row describes, checked, and returns what the row answers with. */
import type { RoomRight } from 'elizad-protocol';
import type { RawAnswer, RestRow } from 'elizad-protocol/rest';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Principal } from '../../auth/principal.ts';
import type { Room } from '../../messaging/ground/access.ts';
import type { RestDeps } from './context.ts';

type Given<T> = T extends z.ZodType ? z.output<T> : Record<string, never>;
type Field<R, K extends PropertyKey> = R extends Record<K, infer T> ? T : undefined;

export type RestRequest<R extends RestRow> = {
  /** Who asks: the holder of the key, as the entity that the header `X-Entity-Id` names. */
  principal: Principal;
  /** The room that the row names, where the caller has the right that the row asks for. */
  room: R extends { room: { right: infer Right extends RoomRight } } ? Room<Right> : undefined;
  params: Given<Field<R, 'params'>>;
  query: Given<Field<R, 'query'>>;
  /**
   * Empty where the row takes a form: its fields come with the file, from `receiveUpload`. Undefined where the row takes
   * both, and it is a form: from `receiveForm`.
   */
  body: R extends { upload: string }
    ? Record<string, never>
    : Given<Field<R, 'body'>> | (R extends { form: object } ? undefined : never);
  raw: FastifyRequest;
};

type Answer<T> = T extends z.ZodType ? z.input<T> : T extends RawAnswer ? undefined : never;

/** Undefined, or the reply itself, where the handler has sent the answer. */
type Answers<R extends RestRow> = Answer<R['answers'][keyof R['answers']]> | FastifyReply | undefined;

/** Throws errors of the table; the edge tells the client. */
export type RestHandler<R extends RestRow> = (
  deps: RestDeps,
  request: RestRequest<R>,
  reply: FastifyReply,
) => Answers<R> | Promise<Answers<R>>;

/** A handler for each row of a table. */
export type RestHandlers<T extends Record<string, RestRow>> = { readonly [N in keyof T]: RestHandler<T[N]> };
