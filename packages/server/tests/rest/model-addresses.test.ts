/** Addresses of model providers that came over HTTP: agents ask them only where the operator lets them, after a restart too. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { openAgentsServer } from '../support/agents-server.ts';
import { openFakeHttp } from '../support/fake-http.ts';

type Call = ReturnType<Awaited<ReturnType<typeof openAgentsServer>>['open']>['call'];

/** What only this machine reaches: whatever is asked, it answers with a sound. */
const openInside = (t: TestContext) => openFakeHttp(t, () => ({ body: Buffer.from('ID3 a voice of the inside') }));

const provider = (address: string) => ({
  name: `Agent of ${address}`,
  bio: [],
  settings: { model: 'eliza', speechModel: 'openai/x', secrets: { OPENAI_BASE_URL: address } },
});

/** Makes the agent; what came of it. */
async function make(call: Call, address: string) {
  const { status, body } = await call('create-agent', { body: { agent: provider(address) } });
  return { id: body.data?.id, seen: [status, body.error?.code, body.error?.issues?.[0]?.path] };
}

async function speak(call: Call, agentId: string) {
  await call('start-agent', { params: { agentId } });
  const { status, body } = await call('synthesize-audio', { params: { agentId }, body: { text: 'Hello' } });
  return [status, body?.error?.code];
}

describe('the address of a model provider that came over HTTP', () => {
  it('is refused on this machine and in its networks, in every notation, and the answer names the setting', async (t) => {
    const { open } = await openAgentsServer(t);
    const { call, find } = open();
    const refused = [403, 'model-address-refused', 'settings.secrets.OPENAI_BASE_URL'];
    const hosts =
      'localhost a.localhost. 127.0.0.1 127.1 2130706433 0x7f.0.0.1 0177.0.0.1 0 10.1.2.3 172.20.0.1 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.8 198.18.0.1 224.0.0.1 255.255.255.255 168.63.129.16 [::] [::1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::7f00:1] [64:ff9b::7f00:1] [2002:7f00:1::] [fe80::1] [fec0::1] [fd00::1] [ff02::1] [2001::1]';
    for (const host of hosts.split(' '))
      assert.deepEqual((await make(call, `http://${host}:80/v1`)).seen, refused, host);
    for (const address of ['file:///etc/passwd', 'data:audio/mpeg,x', '//x', 'x'])
      assert.deepEqual((await make(call, address)).seen, refused, address);
    const { id } = await find('Cleo');
    for (const name of ['OPENAI', 'ANTHROPIC', 'GOOGLE', 'OLLAMA']) {
      const keys = { OPENAI_API_KEY: 'new', ANTHROPIC_API_KEY: 'new', GOOGLE_API_KEY: 'new' };
      const secrets = { ...keys, [`${name}_BASE_URL`]: 'http://10.0.0.1' };
      const { status, body } = await call('update-agent', { params: { agentId: id }, body: { secrets } });
      assert.deepEqual([status, body.error?.code], [403, 'model-address-refused'], name);
      assert.match(body.error?.hint ?? '', /MODEL_ADDRESSES/);
    }
    for (const address of ['https://openrouter.ai/api/v1', 'http://93.184.216.34', 'http://[2606:4700::1]:8080']) {
      const secrets = { OPENAI_API_KEY: `of ${address}`, OPENAI_BASE_URL: address };
      const { status } = await call('update-agent', { params: { agentId: id }, body: { secrets } });
      assert.equal(status, 200, address);
    }
  });

  it('is asked where the list has it, and not any more where a restart finds it gone from there', async (t) => {
    const inside = await openInside(t);
    const server = await openAgentsServer(t, { MODEL_ADDRESSES: `https://other.example, ${inside.url}/whatever` });
    const { call } = server.open();
    const { id, seen } = await make(call, `${inside.url}/v1`);
    assert.deepEqual([seen[0], await speak(call, id)], [201, [200, undefined]]);
    assert.equal(inside.requests.length, 1);
    assert.deepEqual((await make(call, 'http://93.184.216.34')).seen[1], 'model-address-refused');
    const { call: later } = await server.restart({ MODEL_ADDRESSES: 'public' });
    assert.deepEqual(await speak(later, id), [403, 'model-address-refused']);
    assert.equal(inside.requests.length, 1);
  });
});
