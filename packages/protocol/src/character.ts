/** The character file of an Eliza OS agent: its fields and what each may hold. */
import { z } from 'zod';
import { uuid } from './ids.ts';

const lines = z.array(z.string());
const setting = z.json();

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
  messageExamples: z.array(z.array(z.strictObject({ name: z.string(), content: exampleContent }))).optional(),
  postExamples: lines.optional(),
  knowledge: z.array(knowledgeItem).optional(),
  templates: z.record(z.string(), z.string()).optional(),
  plugins: lines.optional(),
  settings: z.record(z.string(), setting).optional(),
  secrets: z.record(z.string(), setting).optional(),
});

export type Character = z.output<typeof character>;
