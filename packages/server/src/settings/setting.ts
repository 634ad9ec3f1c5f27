/** What a setting is: where it comes from, what it may be, its default and the reason for it. */
import { z } from 'zod';

export type Setting = {
  /** Names in the environment; the first that is set wins. */
  env: readonly string[];
  /** Name of the flag of `elizad serve`, where there is one. */
  flag?: string;
  schema: z.ZodType;
  /** What is accepted, in the words of the error line. */
  accepts: string;
  about: string;
  /** Why the default is what it is. */
  why: string;
  /** Never shown in an error, a log or a doc. */
  secret?: true;
};

export const wholeNumber = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
export const onOrOff = z
  .enum(['on', 'off', 'true', 'false', '1', '0'])
  .transform((text) => ['on', 'true', '1'].includes(text));
export const list = z.preprocess(
  (value) =>
    typeof value === 'string'
      ? value
          .split(',')
          .map((part) => part.trim())
          .filter(Boolean)
      : value,
  z.array(z.string()),
);
export const httpUrl = z.url({ protocol: /^https?$/ });
export const secret = z.string().min(1);
