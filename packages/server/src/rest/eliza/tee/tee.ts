/** Trusted execution over HTTP. */
import { createHash } from 'node:crypto';
import { ElizadError, type JsonValue } from 'elizad-protocol';
import type { teeRows } from 'elizad-protocol/rest';
import type { RestHandlers } from '../../http/handler.ts';
import { type Attester, findAttester, reportBytes } from './attestation.ts';

export const teeHandlers: RestHandlers<typeof teeRows> = {
  'get-attestation': async (deps, { query: { nonce } }) => {
    const attester = await findAttester(deps);
    const reportData = Buffer.alloc(reportBytes);
    Buffer.from(nonce ?? '', 'hex').copy(reportData);
    return { success: true, data: await attest(attester, reportData, nonce) };
  },
  'list-tee-agents': async (deps) => {
    const { provider } = await findAttester(deps);
    const agents = deps.messaging.agents.list().flatMap(({ id, name, status }) => {
      const attestation = { provider, reportData: reportDataOf(id).toString('hex') };
      return status === 'active' ? [{ id, name, attestation }] : [];
    });
    return { success: true, data: { agents } };
  },
  'get-tee-agent': async (deps, { params, query: { nonce } }) => {
    const attester = await findAttester(deps);
    const agent = deps.messaging.agents.find(params.agentId);
    if (agent?.status !== 'active') throw new ElizadError('agent-not-found');
    const { id, name } = agent;
    return { success: true, data: { id, name, attestation: await attest(attester, reportDataOf(id, nonce), nonce) } };
  },
};

const reportDataOf = (agentId: string, nonce = ''): Buffer =>
  createHash('sha512').update(agentId).update(Buffer.from(nonce, 'hex')).digest();

async function attest(attester: Attester, reportData: Buffer, nonce: string | undefined) {
  const { eventLog, ...quote } = await attester.attest(reportData);
  return {
    ...quote,
    reportData: reportData.toString('hex'),
    nonce: nonce ?? null,
    ...(eventLog !== undefined && { eventLog: eventLog as JsonValue }),
  };
}
