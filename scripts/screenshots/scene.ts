/** What the pictures show: two agents, a room where something went wrong at night, and somebody who asks why. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { startApp } from '../../packages/server/src/app/app.ts';
import { readSettings } from '../../packages/server/src/config.ts';
import { openFakeProvider } from '../../packages/server/tests/support/fake-provider.ts';

const config = `
import { defineAction, defineConfig, z } from 'elizad';
const parameters = z.object({ release: z.string() });
export default defineConfig({
  actions: [
    defineAction({ name: 'read_deploy_log', description: 'Reads the log of a release.', parameters, run: async ({ release }) => {
      await new Promise((resolve) => setTimeout(resolve, 240));
      return release + '\\n14:02:11 migrating\\n14:02:13 checkout: column "currency" does not exist\\n14:02:13 health check failed';
    } }),
    defineAction({ name: 'roll_back', description: 'Rolls a release back.', parameters,
      approval: { question: ({ release }) => 'Shall I roll **' + release + '** back to 4.1.9?', timeoutMs: 900_000 }, run: ({ release }) => release + ' rolled back' }),
  ],
});
`;

const answer = `Release **4.2.0** failed because the migration ran *after* the new code was live:

\`\`\`sql
-- the checkout reads it before it is there
alter table orders add column currency text not null default 'EUR';
\`\`\`

| time | what |
|---|---|
| 14:02:11 | migration starts |
| 14:02:13 | \`checkout\` reads \`currency\` |

It is rolled back, and nothing was lost.`;

const characters = [
  {
    name: 'Scout',
    username: 'scout',
    bio: ['Reads logs before it says anything.', 'Asks before it changes something.'],
    system: 'You look after the releases of a shop. Be short. Show what you looked at.',
    topics: ['releases', 'migrations', 'incidents'],
    adjectives: ['calm', 'exact'],
    style: { all: ['Short sentences.', 'Numbers before adjectives.'] },
  },
  { name: 'Cleo', bio: ['Writes the notes of a release for people who do not read code.'] },
];

export async function openScene(dir: string) {
  const provider = await openFakeProvider();
  const folder = join(dir, 'characters');
  mkdirSync(folder);
  for (const character of characters) {
    const settings = { model: 'openai/gpt-test', memory: false, secrets: { OPENAI_API_KEY: 'sk-of-nobody' } };
    writeFileSync(join(folder, `${character.name}.json`), JSON.stringify({ ...character, settings }));
  }
  writeFileSync(join(dir, 'elizad.config.ts'), config);
  const env = {
    PORT: '0',
    ELIZAD_DATA: join(dir, 'data'),
    ELIZAD_CONFIG: join(dir, 'elizad.config.ts'),
    OPENAI_BASE_URL: `${provider.url}/v1`,
    STOP_TIMEOUT_MS: '0',
    LOG_LEVEL: 'debug',
  };
  const app = await startApp(readSettings({ env }));
  const ada = crypto.randomUUID();
  const post = async (path: string, body: object) => {
    const response = await fetch(`${app.url}/api${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return ((await response.json()) as { data: { id: string } }).data;
  };
  return {
    url: app.url,
    ada,
    failNext: () => provider.script({ kind: 'refuse', status: 500, message: 'overloaded' }),
    answerNext: (text: string) => provider.script({ kind: 'answer', text }),
    /** Everything that was said before the pictures, by the page itself where the page is what is shown. */
    async play(page: Page) {
      const list = (await (await fetch(`${app.url}/api/agents`)).json()) as {
        data: { agents: { id: string; name: string }[] };
      };
      const idOf = (name: string) => list.data.agents.find((one) => one.name === name)?.id ?? '';
      const [grace, linus] = [crypto.randomUUID(), crypto.randomUUID()];
      const notes = await post('/messaging/channels', {
        name: 'Notes of the release',
        type: 'GROUP',
        participants: [ada, grace, idOf('Cleo')],
      });
      provider.script({ kind: 'answer', text: 'Three lines, no code.' });
      await post(`/messaging/channels/${notes.id}/messages?wait=true`, {
        author_id: grace,
        author_display_name: 'Grace',
        content: '@Cleo keep the notes short, please.',
      });
      const room = await post('/messaging/channels', {
        name: 'Release night',
        type: 'GROUP',
        participants: [ada, grace, linus, idOf('Scout'), idOf('Cleo')],
      });
      await post(`/messaging/channels/${room.id}/messages?wait=true`, {
        author_id: linus,
        author_display_name: 'Linus',
        content: 'The checkout is red since two o’clock. I did not touch it.',
      });
      await post(`/messaging/channels/${room.id}/messages?wait=true`, {
        author_id: grace,
        author_display_name: 'Grace',
        content: 'Same here. `4.2.0` went out at 14:02.',
      });
      const release = { release: '4.2.0' };
      provider.script(
        {
          kind: 'calls',
          calls: [{ id: 'c1', name: 'read_deploy_log', input: release }],
          reasoning: 'The log of 4.2.0 first; then I know whether to roll back.',
        },
        { kind: 'calls', calls: [{ id: 'c2', name: 'roll_back', input: release }] },
        { kind: 'answer', text: answer, chunks: 24 },
      );
      await page.goto(`${app.url}/rooms/${room.id}`);
      const box = page.getByRole('textbox', { name: /^Message to/ });
      await box.fill('@Scout why did it fail, and can you undo it?');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Allow', exact: true }).click();
      await page.getByText('It is rolled back, and nothing was lost.', { exact: true }).waitFor();
      const page1 = (await (await fetch(`${app.url}/api/messaging/channels/${room.id}/messages`)).json()) as {
        data: { messages: { id: string; authorId: string }[] };
      };
      const questionId = page1.data.messages.find(({ authorId }) => authorId === ada)?.id ?? '';
      return { roomId: room.id, questionId, agentId: idOf('Scout'), otherId: idOf('Cleo') };
    },
    async close() {
      await app.stop();
      await provider.close();
    },
  };
}
