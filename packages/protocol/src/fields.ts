/** Fields that many payloads have, whatever way they come: texts, names, and any JSON. */
import { z } from 'zod';
import { hasFewValues, isShallow, type JsonValue } from './json.ts';
import { maxKeys, maxNameLength, maxNesting, maxTagLength, maxValues } from './limits.ts';

/** Text without halves of characters: those would not survive the way to a client. */
export const wellFormed = z.string().overwrite((text) => text.toWellFormed());
export const displayName = wellFormed.trim().min(1).max(maxNameLength);
/** A short text that a client made up, such as an id of its own. */
export const tag = wellFormed.min(1).max(maxTagLength);

/** An object of so many keys at most: of more, none is looked at. */
export const boundedKeys = <R extends z.ZodType>(record: R, most: number) =>
  z.preprocess((given: z.input<R>, context) => {
    if (typeof given === 'object' && given !== null && Object.keys(given).length > most)
      context.addIssue(`expected at most ${most} keys`);
    return given;
  }, record);

/** What has so many values at most, within each other: of more, none is looked at. */
export const fewValues = <S extends z.ZodType>(schema: S) =>
  z.preprocess((given: z.input<S>, context) => {
    if (!hasFewValues(given)) context.addIssue(`expected at most ${maxValues} values, within each other`);
    return given;
  }, schema);

/** Any JSON, nested so little that nothing which walks it later can run out of stack. */
export const shallow = z.custom<JsonValue>(
  (value) => hasFewValues(value) && isShallow(value),
  `expected JSON of at most ${maxValues} values, nested at most ${maxNesting} deep`,
);
export const shallowRecord = z.custom<Record<string, JsonValue>>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    Object.keys(value).length <= maxKeys &&
    hasFewValues(value) &&
    isShallow(value),
  `expected an object of at most ${maxKeys} JSON values, ${maxValues} within each other, nested at most ${maxNesting} deep`,
);
