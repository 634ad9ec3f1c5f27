import { appendFile } from 'node:fs/promises';
import { defineAction, defineConfig, z } from 'elizad';

const rollDice = defineAction({
  name: 'roll_dice',
  description: 'Rolls dice, and says what each of them shows. Use it whenever chance must decide.',
  parameters: z.object({
    count: z.int().min(1).max(10).describe('How many dice'),
    sides: z.int().min(2).max(100).default(6).describe('Sides of each'),
  }),
  run({ count, sides }) {
    const dice = Array.from({ length: count }, () => 1 + Math.floor(Math.random() * sides));
    return { dice, sum: dice.reduce((sum, die) => sum + die, 0) };
  },
});

const writeDown = defineAction({
  name: 'write_down',
  description: 'Writes a line into the notebook of the house. Use it when somebody asks to be reminded of something.',
  parameters: z.object({ line: z.string().min(1).max(200) }),
  approval: { question: ({ line }) => `Shall I write "${line}" into the notebook?`, timeoutMs: 10 * 60_000 },
  async run({ line }, { agent }) {
    await appendFile('notebook.txt', `${agent.name}: ${line}\n`);
    return 'It is written.';
  },
});

export default defineConfig({ actions: [rollDice, writeDown] });
