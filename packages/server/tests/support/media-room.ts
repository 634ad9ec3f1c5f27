/** A room with Eliza on a server whose files one may count, and what is uploaded there. */
import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import sharp from 'sharp';
import { createRestClient } from './rest-client.ts';
import { findAgent, openClient } from './stock-client.ts';
import { makeDir, openTestServer } from './test-server.ts';

export async function openMediaRoom(t: TestContext, env: Record<string, string> = {}) {
  const dataDir = join(makeDir(t), 'data');
  const { url } = await openTestServer(t, { ELIZAD_DATA: dataDir, ...env });
  const client = openClient(t, url, { auth: { apiKey: env.ELIZAD_API_KEY } });
  const agentId = await findAgent(client, 'Eliza');
  const channelId = crypto.randomUUID();
  await client.ask('join', { roomId: channelId, agentId });
  const { call } = createRestClient(url);
  const listStored = () => globSync('files/**/*.*', { cwd: dataDir });
  const listIncoming = () => globSync('files/incoming/*', { cwd: dataDir });
  return { url, call, client, agentId, channelId, listStored, listIncoming };
}

export function createForm(bytes: Uint8Array | string, name = 'a.bin', type = 'application/octet-stream'): FormData {
  const data = new FormData();
  data.set('file', new File([bytes as BlobPart], name, { type }));
  return data;
}

export const makePicture = (width = 1200, height = 800) =>
  sharp({ create: { width, height, channels: 3, background: '#2f57c4' } })
    .jpeg()
    .toBuffer();

/** Looks again as the event loop turns, for 10 s at most. */
export async function waitUntil(isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!isSo()) {
    assert.ok(Date.now() < deadline, 'it did not come about within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
