/** `elizad` as a library: what a config file imports, and a server inside a program of your own. */
export { z } from 'zod';
export type { ActionContext, ActionOutcome } from './agents/actions/action.ts';
export {
  type ActionAnswer,
  type ActionDefinition,
  type ActionReturn,
  type ApprovalDefinition,
  defineAction,
} from './agents/actions/define-action.ts';
export { ConfigFileError } from './agents/config/loaded-config.ts';
export {
  defineConfig,
  definePlugin,
  type ElizadConfig,
  type McpAddress,
  type McpProgram,
  type McpServers,
  type Plugin,
} from './agents/config/plugins.ts';
export type { ContextSource, Question } from './agents/memory/memory.ts';
export type { EndedTurn, Hook, HookedTurn, Veto } from './agents/turn/hooks.ts';
export { type App, startApp } from './app/app.ts';
export { readSettings, SettingError, type Settings } from './config.ts';
