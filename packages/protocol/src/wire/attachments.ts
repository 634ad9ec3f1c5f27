/** What travels with a message beside its text. */
import { z } from 'zod';
import { fewValues, shallow } from '../fields.ts';
import { maxAttachments } from '../limits.ts';

/** A file or link that travels with a message, as Eliza OS clients shape it; unknown keys are kept. */
export const attachment = z
  .object({
    id: z.string().optional(),
    url: z.string().min(1).optional(),
    title: z.string().optional(),
    contentType: z.string().optional(),
  })
  // Optional, as a type only: in JSON there is nothing undefined, but the named keys above may be missing.
  .catchall(shallow.optional())
  .refine(({ url, text, data, name }) => (url ?? text ?? data ?? name) !== undefined, {
    path: ['url'],
    error: 'expected an address, or at least text, data or a name',
  });

export const listed = z.array(attachment).max(maxAttachments);
export const attachments = fewValues(listed);

export type Attachment = z.output<typeof attachment>;
