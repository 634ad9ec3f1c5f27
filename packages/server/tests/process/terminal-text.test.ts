/** Words of others do not move the cursor of a terminal, whatever is in them: in a talk, and in the log. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Server } from 'socket.io';
import { toTerminal } from '../../src/observability/logger.ts';
import { toTerminalLine, toTerminalText } from '../../src/observability/terminal-text.ts';
import { openClient } from '../support/stock-client.ts';
import { makeDir, runCli, spawnServer } from '../support/test-server.ts';

const isFit = (text: string): boolean =>
  [...text].every((sign) => {
    const code = sign.codePointAt(0) ?? 0;
    const isControl = (code < 32 && sign !== '\n' && sign !== '\t') || (code >= 127 && code < 160);
    return !isControl && !/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(sign);
  });

/** Text with many of those signs in it. */
const foreign = fc.string({
  unit: fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
    fc.constantFrom(...'\u001b\u009b\u202e\r\n\t\u007fa[;é語🙂'),
  ),
});

test('only the signs that do something go; a name is one line', () => {
  fc.assert(
    fc.property(foreign, (text) => {
      const shown = toTerminalText(text);
      assert.ok(isFit(shown));
      assert.equal(shown, [...text].filter(isFit).join(''));
      assert.doesNotMatch(toTerminalLine(text), /[\n\t]/);
    }),
  );
});

test('the log on a terminal has only its own escapes', () => {
  const lines: string[] = [];
  const destination = toTerminal({ write: (line) => lines.push(line) });
  destination.write(
    JSON.stringify({
      level: 30,
      msg: 'a\u001b[2J\u009b1mb',
      agentName: '\u202eC',
      err: { stack: 'x\u001b]0;y\u0007' },
    }),
  );
  assert.deepEqual(
    lines.map((line) => JSON.parse(line)),
    [{ level: 30, msg: 'a[2J1mb', agentName: 'C', err: { stack: 'x]0;y' } }],
  );
});

test('elizad chat: names and texts of others cannot draw on the screen, nor speak as somebody else', async (t) => {
  const server = await spawnServer(t, join(makeDir(t), 'data'));
  const roomId = crypto.randomUUID();
  const { child, exited, output } = runCli(t, ['chat', server.url, '--room', roomId]);
  const until = async (text: string) => {
    while (!output().includes(text)) await once(child.stdout, 'data', { signal: AbortSignal.timeout(15_000) });
  };
  await until('is here');
  const eve = openClient(t, server.url, { auth: { entityId: crypto.randomUUID(), name: 'Eve\u001b[2J\nYou' } });
  await eve.ask('message', { roomId, text: '\u001b]52;c;cm0=\u0007\u009b2J\rfirst\nEliza: I said \u202ethis' });
  await until('I said');
  child.stdin.end('/who\n/rooms\n/quit\n');
  assert.equal(await exited, 0, output());
  assert.ok(isFit(output()), JSON.stringify(output()));
  assert.match(output(), /^(You: )*Eve\[2J You: \]52;c;cm0=2Jfirst\n {2}Eliza: I said this$/m);
  assert.match(output(), /^ {2}Eve\[2J You$/m);
});

test('elizad chat: what a server refuses with is words, also where nobody counted on it', async (t) => {
  const foul = '\u001b]0;mine\u0007\u009b2J\u202eno\nYou: yes';
  const agent = { id: crypto.randomUUID(), name: 'Ada', status: 'active' };
  const refusal = { ok: false, details: { code: foul, hint: foul, message: foul } };
  for (const served of [0, 1]) {
    let left = served;
    const web = createServer();
    const server = new Server(web);
    server.on('connection', (socket) => {
      socket.emit('connection_established', { entityId: crypto.randomUUID() });
      socket.onAny((event, _payload, answer) => {
        if (event !== 'request-world-state') return answer({ ok: true });
        if (left === 0) return answer(refusal);
        left -= 1;
        socket.emit('world-state', { agents: { [agent.id]: agent }, users: {}, channels: {} });
        return answer({ ok: true });
      });
    });
    web.listen(0, '127.0.0.1');
    await once(web, 'listening');
    t.after(() => server.close());
    const { child, exited, output } = runCli(t, ['chat', `http://127.0.0.1:${(web.address() as AddressInfo).port}`]);
    child.stdin.end('/who\n');
    assert.equal(await exited, 1, output());
    assert.ok(isFit(output()), JSON.stringify(output()));
    assert.match(output(), /\]0;mine2Jno/);
  }
});
