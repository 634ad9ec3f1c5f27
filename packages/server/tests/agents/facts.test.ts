/** Agents learn from what is said, through the real protocol of a provider, once, and forget what is deleted. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { createMemory, type MemoryDeps } from '../../src/agents/memory/long-term-memory.ts';
import { elizaModel } from '../../src/agents/models/eliza/eliza-model.ts';
import { chooseModel } from '../../src/agents/models/providers/choose-model.ts';
import { type Behaviour, openFakeProvider } from '../support/fake-provider.ts';
import { openMemoryStore } from '../support/memory-store.ts';
import { within } from '../support/model-stream.ts';

type Noted = { message: number; text: string };
const answer = (...facts: Noted[]): Behaviour => ({ kind: 'answer', text: JSON.stringify({ facts }), chunks: 3 });

async function open(t: TestContext, pace: MemoryDeps['pace'], more: Partial<MemoryDeps> = {}) {
  const store = await openMemoryStore(t);
  const provider = await openFakeProvider();
  const room = await store.makeRoom();
  const env = { openaiApiKey: 'k', openaiBaseUrl: `${provider.url}/v1` };
  const model = chooseModel({ name: 'Cleo', settings: { model: 'openai/m' } }, env);
  const used = new EventTarget();
  let tokens = 0;
  const deps = {
    logger: store.logger,
    modelOf: () => model,
    onUsage: ({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }) => {
      tokens += inputTokens + outputTokens;
      used.dispatchEvent(new Event('used'));
    },
    pace: { quietMs: 3_600_000, ...pace },
    ...more,
  };
  const begin = () => createMemory({ ...deps, database: store.database });
  const memory = begin();
  t.after(async () => {
    await memory.stop();
    await provider.close();
  });
  const place = { agentId: store.agentId, channelId: room };
  const recall = (text: string, from = memory) =>
    from.sources[0]?.recall({ ...place, text }, new AbortController().signal) ?? Promise.resolve([]);
  /** Waits until something is remembered that the pattern fits. */
  const remembered = async (pattern: RegExp) => {
    const deadline = Date.now() + 8_000;
    for (;;) {
      const lines = await recall('anything');
      if (lines.some((line) => pattern.test(line))) return lines;
      assert.ok(Date.now() < deadline, `not remembered: ${pattern} in ${lines}; ${store.lines()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const sayMany = async (count: number, text = 'hm') => {
    for (let n = 1; n <= count; n++) await store.say(room, `${text} ${n}`);
  };
  return { store, provider, room, memory, begin, place, recall, remembered, sayMany, used, tokens: () => tokens };
}

const promptOf = ({ body }: { body: Record<string, unknown> }) =>
  (body.messages as { role: string; content: string }[]).find(({ role }) => role === 'user')?.content ?? '';

describe('after enough messages', () => {
  it('facts are learned from the new ones, once, and known ones are shown and not kept again', async (t) => {
    const { store, provider, room, memory, place, remembered, sayMany, recall, tokens } = await open(t, {
      messages: 4,
    });
    provider.script(
      answer({ message: 2, text: 'Ada is allergic to nuts.' }, { message: 99, text: 'Of nothing.' }),
      answer({ message: 1, text: 'ada is allergic to NUTS' }, { message: 4, text: 'Ada and Cleo meet on Friday.' }),
    );
    await store.say(room, 'Hello.');
    await store.say(room, 'I am allergic to nuts.');
    await store.say(room, 'Noted.', store.agentId);
    memory.observe(place);
    await sayMany(1);
    memory.observe(place);
    const [line] = await remembered(/nuts/);
    assert.match(line ?? '', /^\d{4}-\d\d-\d\d: Ada is allergic to nuts\.$/);
    const first = promptOf(await provider.arrived(1));
    assert.match(first, /\[1\] Ada: Hello\.\n\[2\] Ada: I am allergic to nuts\.\n\[3\] Cleo: Noted\.\n\[4\] Ada: hm 1/);
    assert.equal(tokens(), 10);
    await sayMany(4, 'nuts');
    memory.observe(place);
    assert.equal((await remembered(/Friday/)).length, 2);
    const second = promptOf(await provider.arrived(2));
    assert.match(second, /Already noted:\n- Ada is allergic to nuts\./);
    assert.doesNotMatch(second, /Hello/);
    assert.deepEqual(
      (await recall('Which nuts?')).map((fact) => fact.slice(12)),
      ['Ada is allergic to nuts.', 'Ada and Cleo meet on Friday.'],
    );
    assert.doesNotMatch(store.lines(), /allergic|Friday/, 'no text of a message in the log');
  });

  it('it goes on where it was after a restart', async (t) => {
    const { store, provider, room, memory, begin, place, remembered, sayMany } = await open(t, { messages: 3 });
    provider.script(answer({ message: 1, text: 'First.' }));
    await sayMany(3, 'before');
    memory.observe(place);
    await remembered(/First/);
    await store.say(room, 'between');
    await memory.stop();
    await store.reopen();
    const again = begin();
    t.after(() => again.stop());
    provider.script(answer({ message: 2, text: 'Second.' }));
    await sayMany(2, 'after');
    again.observe(place);
    const request = promptOf(await provider.arrived(2));
    assert.match(request, /\[1\] Ada: between\n\[2\] Ada: after 1\n\[3\] Ada: after 2$/);
  });

  it('many are looked through in bounded requests, one after the other', async (t) => {
    const { provider, memory, place, sayMany, used } = await open(t, { messages: 8 });
    await sayMany(100, 'word '.repeat(400));
    provider.script(...Array.from({ length: 10 }, () => answer()));
    let count = 0;
    const all = new Promise<void>((resolve) => {
      used.addEventListener('used', () => ++count === 9 && resolve());
    });
    memory.observe(place);
    await within(8_000, all, 'nine requests');
    for (const request of provider.requests) assert.ok(promptOf(request).length < 13_000);
    assert.match(promptOf(provider.requests[8] as never), /\[4\] Ada: (word )+/);
  });
});

describe('after a silence', () => {
  it('fewer are looked at, where a person has spoken', async (t) => {
    const { store, provider, room, memory, place, remembered, sayMany } = await open(t, { messages: 8, quietMs: 30 });
    const other = await store.makeRoom();
    await store.say(other, 'I speak alone.', store.agentId);
    memory.observe({ ...place, channelId: other });
    provider.script(answer({ message: 1, text: 'Ada said hm.' }));
    await sayMany(1);
    memory.observe(place);
    await remembered(/hm/);
    assert.equal(provider.requests.length, 1);
    assert.ok(room);
  });
});

describe('a model that fails', () => {
  it('is asked again later, ever later, and nothing is lost', async (t) => {
    const { store, provider, memory, place, remembered, sayMany } = await open(t, {
      messages: 2,
      firstPauseMs: 100,
      longestPauseMs: 400,
    });
    provider.script(
      { kind: 'refuse', status: 500 },
      { kind: 'break', how: 'cut', after: 2, text: '{"facts":[]}' },
      { kind: 'answer', text: 'I will not.' },
      { kind: 'answer', text: '{"facts":[{"message":"1","text":7}]}' },
      { kind: 'answer', text: '```json\n{"facts":[{"message":1,"text":"At  last\\nit\\u0000 works."}]}\n```' },
    );
    await sayMany(2);
    const began = Date.now();
    memory.observe(place);
    for (let n = 0; n < 20; n++) memory.observe(place);
    await remembered(/At last it/);
    assert.equal(provider.requests.length, 5);
    assert.ok(Date.now() - began >= 1_000, 'the pauses were kept');
    assert.match(store.lines(), /"pauseMs":200/);
  });

  it('what it answers with something unusable three times is passed over', async (t) => {
    const { provider, memory, place, remembered, sayMany, store, room } = await open(t, {
      messages: 2,
      firstPauseMs: 10,
      longestPauseMs: 10,
      quietMs: 50,
    });
    const refusal = { kind: 'answer', text: 'I cannot help with that.' } as const;
    provider.script(refusal, refusal, refusal, answer({ message: 1, text: 'Ada went on.' }));
    await sayMany(2, 'unspeakable');
    memory.observe(place);
    await provider.arrived(3);
    await store.say(room, 'I go on.');
    memory.observe(place);
    await remembered(/went on/);
    const last = provider.requests.at(-1);
    assert.ok(last && /\[\d\] Ada: I go on\.$/.test(promptOf(last)));
  });
});

describe('a stop', () => {
  it('hangs up on the model, and keeps nothing of that look', async (t) => {
    const { provider, memory, place, sayMany, recall } = await open(t, { messages: 2 });
    provider.script({ kind: 'hang' });
    await sayMany(2);
    memory.observe(place);
    const request = await provider.arrived();
    await within(5_000, memory.stop(), 'the stop');
    await within(5_000, request.hungUp, 'the end of the request');
    assert.deepEqual(await recall('hm'), []);
    memory.observe(place);
  });
});

describe('what is deleted', () => {
  it('is forgotten, also where it goes while the model is asked', async (t) => {
    const { store, provider, room, memory, place, remembered, recall } = await open(t, { messages: 2 });
    provider.script({
      ...(answer({ message: 1, text: 'The code is 4711.' }, { message: 2, text: 'Ada has a dog.' }) as object),
      held: true,
    } as Behaviour);
    const secret = await store.say(room, 'The code is 4711.');
    const dog = await store.say(room, 'I have a dog.');
    memory.observe(place);
    await provider.arrived();
    await store.erase(room, secret.id);
    provider.release(4);
    assert.equal((await remembered(/dog/)).length, 1);
    await store.erase(room, dog.id);
    assert.deepEqual(await recall('dog code'), []);
  });
});

describe('nothing is learned', () => {
  for (const [why, more] of [
    ['by the built-in Eliza', { modelOf: () => elizaModel }],
    ['by an agent that does not run', { modelOf: () => undefined }],
    ['where it is switched off', { isRemembering: () => false }],
  ] as const) {
    it(why, async (t) => {
      const { memory, provider, place, sayMany, store } = await open(t, { messages: 1, quietMs: 10 }, more);
      await sayMany(3);
      memory.observe(place);
      await once(AbortSignal.timeout(100), 'abort');
      assert.equal(provider.requests.length, 0);
      assert.equal(store.lines(), '');
    });
  }
});
