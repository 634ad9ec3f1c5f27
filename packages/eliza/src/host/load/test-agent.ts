/** An agent to try out a plugin that is a project by itself, as the `elizaos` command makes one. */
import type { Plugin, ProjectAgentDefinition } from '../core.ts';

/** Which key in the environment brings which plugin with a model, in the order in which they are preferred. */
const modelPlugins: readonly (readonly [key: string, plugin: string])[] = [
  ['ANTHROPIC_API_KEY', '@elizaos/plugin-anthropic'],
  ['OPENROUTER_API_KEY', '@elizaos/plugin-openrouter'],
  ['OPENAI_API_KEY', '@elizaos/plugin-openai'],
  ['GOOGLE_GENERATIVE_AI_API_KEY', '@elizaos/plugin-google-genai'],
  ['OLLAMA_API_ENDPOINT', '@elizaos/plugin-ollama'],
];

export function testAgentOf(plugin: Plugin): ProjectAgentDefinition {
  const models = modelPlugins.flatMap(([key, name]) => (process.env[key]?.trim() ? [name] : []));
  const bootstrap = process.env.IGNORE_BOOTSTRAP ? [] : ['@elizaos/plugin-bootstrap'];
  return {
    character: {
      name: 'Eliza (Test Mode)',
      plugins: ['@elizaos/plugin-sql', ...models, ...bootstrap],
      system: `Answer every message helpfully and briefly. You are here to try out the plugin ${plugin.name}.`,
      bio: ['Tries out plugins', 'Answers briefly'],
      topics: [],
      style: { all: ['Be brief and clear'], chat: [] },
    },
    plugins: [plugin],
  };
}
