/**
 * `@elizaos/api-client` as it is on npm, unmodified, against a real server: calls its methods, checks what its types promise
 * of the answer, and knows which were never called.
 */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { makeDir, spawnServer } from '../../packages/server/tests/support/test-server.ts';
import { fetchPackage, type Published } from './fetch-package.ts';

type Services = Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>>;

/** In its types `Date`, on the wire what JSON has for it. */
export const date = z.union([z.iso.datetime(), z.number()]);
export const id = z.guid();
export const text = z.string();
export const agent = z.looseObject({ id, name: text, status: z.enum(['active', 'inactive']).optional() });
export const channel = z.looseObject({
  id,
  name: text,
  messageServerId: id,
  type: text,
  createdAt: date,
  updatedAt: date,
});
export const message = z.looseObject({
  id,
  channelId: id,
  authorId: id,
  content: text,
  createdAt: date,
  updatedAt: date,
});
export const defaultServer = '00000000-0000-0000-0000-000000000000';
export const user = '5f0f4c2e-5b0a-4c37-9d28-0b1f8a4e1c11';

/** Methods whose promise nobody can keep, and why. */
const leftOut: Record<string, string> = {
  'system.deleteLog': 'throws by itself: the client has no such route',
  'system.getHeaders': 'a helper',
  'system.buildUrl': 'a helper',
  'audio.requestBinary': 'a helper',
  'audio.processAudioInput': 'a helper',
  'audio.isBuffer': 'a helper',
  'audio.isBase64String': 'a helper',
};

/** What methods were called up to 1.6.4. */
const before: Record<string, string> = {
  'agents.getAgentsForMessageServer': 'agents.getAgentsForServer',
  'agents.addAgentToMessageServer': 'agents.addAgentToServer',
  'agents.removeAgentFromMessageServer': 'agents.removeAgentFromServer',
  'agents.getMessageServersForAgent': 'agents.getServersForAgent',
  'messaging.listMessageServers': 'messaging.listServers',
  'messaging.getMessageServerChannels': 'messaging.getServerChannels',
  'messaging.createMessageServer': 'messaging.createServer',
  'messaging.syncMessageServerChannels': 'messaging.syncServerChannels',
  'messaging.deleteMessageServer': 'messaging.deleteServer',
  'memory.createWorldFromMessageServer': 'memory.createWorldFromServer',
};

/** Its services, by the file that calls them. */
const parts = {
  rooms: ['messaging', 'memory', 'sessions', 'jobs'],
  others: ['agents', 'runs', 'server', 'system', 'media', 'audio'],
};

export async function openApiClient(published: Published) {
  const { ElizaClient } = (await import(pathToFileURL(join(fetchPackage(published), 'dist/index.js')).href)) as {
    ElizaClient: { create(config: { baseUrl: string; headers?: Record<string, string> }): Services };
  };
  const called = new Set<string>();
  let services: Services = {};
  const create = (baseUrl: string) => ElizaClient.create({ baseUrl, headers: { 'X-Entity-Id': user } });
  const known = create('http://localhost');
  const has = (name: string): boolean => {
    const [service = '', method = ''] = name.split('.');
    return known[service]?.[method] !== undefined;
  };

  /** Calls `service.method`, by the name that it has in this version, and checks the answer. */
  async function ask<S extends z.ZodType>(now: string, shape: S, ...args: unknown[]): Promise<z.output<S>> {
    const name = has(now) ? now : (before[now] ?? now);
    const [service = '', method = ''] = name.split('.');
    called.add(name);
    const answer = await services[service]?.[method]?.(...args);
    const parsed = shape.safeParse(answer);
    assert.ok(parsed.success, `${name}: ${parsed.error}\n${JSON.stringify(answer, null, 1)?.slice(0, 2_000)}`);
    return parsed.data;
  }

  const refuses = (name: string, code: string, ...args: unknown[]) =>
    assert.rejects(ask(name, z.unknown(), ...args), (error: { code?: string; message?: string }) => {
      assert.equal(error.code, code, `${name}: ${JSON.stringify(error)}`);
      assert.ok(error.message);
      return true;
    });

  async function open(t: Parameters<typeof makeDir>[0], env: Record<string, string> = {}) {
    const { url } = await spawnServer(t, join(makeDir(t), 'data'), { LOG_LEVEL: 'warn', ...env });
    services = create(url);
    const { agents } = await ask('agents.listAgents', z.object({ agents: z.array(agent) }));
    return agents[0]?.id as string;
  }

  /** Methods of a part that were not called; throws where a service is of no part. */
  function listUncalled(part: keyof typeof parts): string[] {
    const all = Object.values(parts).flat();
    assert.deepEqual(
      Object.keys(services).filter((service) => !all.includes(service)),
      [],
    );
    const own = parts[part].filter((service) => service in services);
    const methods = own.flatMap((service) =>
      Object.getOwnPropertyNames(Object.getPrototypeOf(services[service]))
        .filter((name) => name !== 'constructor')
        .map((name) => `${service}.${name}`),
    );
    return methods.filter((name) => !called.has(name) && !(name in leftOut));
  }

  return { ask, refuses, open, has, listUncalled };
}
