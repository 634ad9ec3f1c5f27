/** What clients want kept with a thing, up to a number of bytes. */
import { z } from 'zod';
import { isShallow, type JsonValue } from '../json.ts';

/** An object of JSON values of at most so many bytes, not nested too deep. */
export const boundedRecord = (bytes: number) =>
  z.custom<Record<string, JsonValue>>(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      !Array.isArray(value) &&
      isShallow(value) &&
      new TextEncoder().encode(JSON.stringify(value)).length <= bytes,
    `expected an object of JSON values, of at most ${bytes} bytes`,
  );
