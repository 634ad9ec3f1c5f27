/** The AI SDK behind our models: silent, late, and never in the way of an abort. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it, mock } from 'node:test';
import { promisify } from 'node:util';
import { createAiSdkModel } from '../../src/agents/models/providers/ai-sdk-model.ts';
import { chooseModel } from '../../src/agents/models/providers/choose-model.ts';
import { openFakeProvider } from '../support/fake-provider.ts';
import { collect, key, request, within } from '../support/model-stream.ts';

describe('the AI SDK', () => {
  it('prints nothing by itself, neither warnings nor errors', async (t) => {
    const fake = await openFakeProvider();
    t.after(() => fake.close());
    const env = { openaiApiKey: key, openaiBaseUrl: `${fake.url}/v1`, openaiApi: 'responses' as const };
    const debug = mock.fn();
    const spies = [
      mock.fn(),
      ...(['log', 'warn', 'error', 'info'] as const).map((name) => t.mock.method(console, name)),
    ];
    process.on('warning', spies[0] as () => void);
    fake.script(
      { kind: 'answer', text: 'ok' },
      { kind: 'refuse', status: 500 },
      { kind: 'break', how: 'cut', after: 1 },
    );
    for (let turn = 0; turn < 3; turn++) {
      await collect(chooseModel({ name: 'Ada' }, env, { debug, warn: debug }), undefined, {
        ...request,
        temperature: 0.5,
      });
    }
    await new Promise(setImmediate);
    process.off('warning', spies[0] as () => void);
    for (const spy of spies) assert.equal(spy.mock.callCount(), 0);
    assert.deepEqual(debug.mock.calls[0]?.arguments[0]?.ignored, ['unsupported: temperature']);
  });

  it('ends on the abort although the provider never loads', async () => {
    const model = createAiSdkModel({ name: 'never', languageModel: () => new Promise(() => {}) });
    const controller = new AbortController();
    const parts = collect(model, controller.signal);
    controller.abort(new Error('cancelled'));
    assert.deepEqual(await within(100, parts, 'the end'), []);
  });

  it('is not loaded until a provider streams', async () => {
    const script = `
      import { registerHooks } from 'node:module';
      const seen = [];
      registerHooks({ resolve: (name, context, next) => (seen.push(name), next(name, context)) });
      const { chooseModel } = await import('${new URL('../../src/agents/models/providers/choose-model.ts', import.meta.url)}');
      const asked = { system: '', messages: [{ role: 'user', text: 'Hi' }] };
      await Array.fromAsync(chooseModel({ name: 'Eliza' }, {}).stream(asked, new AbortController().signal));
      chooseModel({ name: 'Ada' }, { openaiApiKey: 'k', anthropicApiKey: 'k', googleApiKey: 'k' });
      console.log(seen.length, seen.filter((name) => /^(ai$|@ai-sdk)/.test(name)).length);`;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    assert.match(stdout, /^[1-9]\d* 0$/m);
  });
});
