/** Every door of the HTTP edge, and which one a request comes to. */
import type { RestRowName } from 'elizad-protocol/rest';
import type { FastifyRequest } from 'fastify';
import { descriptionDoor } from './description/door.ts';
import { elizaDoor } from './eliza/door.ts';
import type { Door } from './http/door.ts';
import { openaiDoor } from './openai/door.ts';
import { webDoor } from './web/door.ts';

const list = [elizaDoor, openaiDoor, descriptionDoor, webDoor] as const;

type NamesOf<D> = D extends { rows: infer T } ? keyof T : never;
type Forgotten = Exclude<RestRowName, NamesOf<(typeof list)[number]>>;
/** A row without a door does not compile. */
type Whole = [Forgotten] extends [never] ? unknown : never;

export const doors: readonly Door[] = list satisfies Whole as unknown as Door[];

const doorOfRow = new Map(doors.flatMap((door) => Object.keys(door.rows).map((row) => [row, door] as const)));

/** By the row, however the address is spelled; without one, by the address. */
export const findDoor = ({ url, routeOptions }: Pick<FastifyRequest, 'url' | 'routeOptions'>): Door =>
  doorOfRow.get(routeOptions.config.row ?? '') ?? findDoorAt(url);

/** The door whose prefix fits the address furthest. */
export function findDoorAt(url: string): Door {
  const path = `${url.split('?', 1)[0]}/`;
  const reach = ({ prefixes }: Door) =>
    Math.max(-1, ...prefixes.filter((one) => fits(path, one)).map((one) => one.length));
  return doors.reduce((best, door) => (reach(door) > reach(best) ? door : best));
}

const fits = (path: string, prefix: string): boolean => prefix === '/' || path.startsWith(`${prefix}/`);
