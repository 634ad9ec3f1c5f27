/** The character file of an Eliza OS agent: its fields and what each may hold. */
import { z } from 'zod';
import { boundedKeys, shallow } from './fields.ts';
import { uuid } from './ids.ts';
import { maxKeys } from './limits.ts';

/** Items of a list, conversations that are examples, and lines of one, at most. */
const mostItems = 10_000;
const mostExamples = 1_000;
const mostLines = 200;

const lines = z.array(z.string()).max(mostItems);
const settings = boundedKeys(z.record(z.string(), shallow), maxKeys);

const exampleContent = z.looseObject({ text: z.string(), actions: lines.optional(), thought: z.string().optional() });
const knowledgeItem = z.union([
  z.string(),
  z.strictObject({ path: z.string().min(1), shared: z.boolean().optional() }),
  z.strictObject({ directory: z.string().min(1), shared: z.boolean().optional() }),
]);

/** One agent. Unknown fields are refused, because a misspelt one would be silently without effect. */
export const character = z.strictObject({
  id: uuid.optional(),
  name: z.string().trim().min(1).max(200),
  username: z.string().optional(),
  system: z.string().optional(),
  bio: z.union([z.string(), lines], { error: 'expected a text or a list of texts' }),
  lore: lines.optional(),
  topics: lines.optional(),
  adjectives: lines.optional(),
  style: z.strictObject({ all: lines.optional(), chat: lines.optional(), post: lines.optional() }).optional(),
  messageExamples: z
    .array(z.array(z.strictObject({ name: z.string(), content: exampleContent })).max(mostLines))
    .max(mostExamples)
    .optional(),
  postExamples: lines.optional(),
  knowledge: z.array(knowledgeItem).max(mostItems).optional(),
  templates: boundedKeys(z.record(z.string(), z.string()), maxKeys).optional(),
  plugins: lines.optional(),
  settings: settings.optional(),
  secrets: settings.optional(),
});

export type Character = z.output<typeof character>;
