/** What elizad shows of the project and its agents: names, and characters without their secrets. */
import { basename } from 'node:path';
import type { Json, ProjectAgent, ProjectInfo } from '../link.ts';
import type { HostedAgent } from './agents.ts';
import type { Core, PluginRoute } from './core.ts';
import { isSecretName, redact } from './redact.ts';

type Server = { readonly port: number; readonly token: string };

export function describeProject(
  core: Core,
  directory: string,
  agents: Iterable<HostedAgent>,
  { port, token }: Server,
): ProjectInfo {
  return {
    name: basename(directory),
    coreVersion: core.version,
    agents: [...agents].map(describeAgent),
    routesPort: port,
    routesToken: token,
  };
}

function describeAgent({ runtime, store }: HostedAgent): ProjectAgent {
  return {
    id: runtime.agentId,
    character: withoutSecrets(runtime.character),
    plugins: namesOf(runtime.plugins),
    actions: namesOf(runtime.actions),
    providers: namesOf(runtime.providers),
    evaluators: namesOf(runtime.evaluators),
    services: [...runtime.services.keys()],
    panels: runtime.routes.filter(isPanel).map(({ name, path }) => ({ name: name ?? path, path })),
    routes: [...new Set(runtime.routes.map(({ path }) => path.split('/')[1] ?? ''))].filter(Boolean),
    models: [...runtime.models.keys()],
    store,
  };
}

const namesOf = (named: readonly { readonly name: string }[]): string[] =>
  named.map(({ name }) => name).filter((name) => typeof name === 'string');

const isPanel = ({ type, name, public: isPublic }: PluginRoute): boolean =>
  isPublic === true && type === 'GET' && typeof name === 'string' && name !== '';

/** Core puts the whole environment among the secrets; authors put keys anywhere among the settings. */
function withoutSecrets(character: object): { readonly [key: string]: Json } {
  const plain = JSON.stringify(character, (key, value: unknown) => {
    if (key === 'secrets') return undefined;
    if (typeof value === 'string' && isSecretName(key)) return undefined;
    return typeof value === 'string' ? redact(value) : value;
  });
  return JSON.parse(plain) as { readonly [key: string]: Json };
}
