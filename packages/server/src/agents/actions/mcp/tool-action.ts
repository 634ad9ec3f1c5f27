/** The tools of an MCP server as actions: names that every model takes, descriptions and schemas of bounded size. */
import { createHash } from 'node:crypto';
import { isShallow } from 'elizad-protocol';
import type { Json, JsonSchema } from '../../models/model.ts';
import type { Action, ActionContext, ActionOutcome } from '../action.ts';
import { usualApproval } from '../approval.ts';
import { createFailure, cut } from '../outcome.ts';

/** Most tools of one server, and most characters of the description and of the schema of one tool. */
export const maxTools = 128;
const maxDescription = 4_000;
const maxSchema = 20_000;
const maxName = 64;

/** A tool as the server lists it. */
export type ListedTool = {
  readonly name: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly inputSchema: { readonly [key: string]: unknown };
};

/** Calls the tool of that name; never rejects. */
export type CallTool = (name: string, input: { [key: string]: Json }, context: ActionContext) => Promise<ActionOutcome>;

/** Actions of the tools, in their order, and the names of the tools that are left out. `mustAsk`: whether people must agree to a tool. */
export function toActions(
  server: string,
  tools: readonly ListedTool[],
  call: CallTool,
  mustAsk: (tool: string) => boolean = () => false,
): { actions: Action[]; leftOut: string[] } {
  const actions = new Map<string, Action>();
  const leftOut: string[] = [];
  for (const tool of tools) {
    const schema = JSON.stringify(tool.inputSchema);
    if (actions.size === maxTools || schema.length > maxSchema || !isShallow(tool.inputSchema)) {
      leftOut.push(tool.name);
      continue;
    }
    const plain = toActionName(server, tool.name);
    const name = actions.has(plain) ? markName(plain, server, tool.name) : plain;
    if (actions.has(name)) continue;
    const action = toAction(server, name, tool, JSON.parse(schema) as JsonSchema, call);
    actions.set(name, mustAsk(tool.name) ? { ...action, approval: usualApproval(name) } : action);
  }
  return { actions: [...actions.values()], leftOut };
}

function toAction(server: string, name: string, tool: ListedTool, schema: JsonSchema, call: CallTool): Action {
  const description = tool.description || tool.title || `The tool ${tool.name} of ${server}.`;
  return {
    name,
    description: cut(description, maxDescription),
    parameters: { properties: {}, ...schema, type: 'object' },
    async run(input, context) {
      if (!isRecord(input)) return createFailure('The input does not fit: expected an object. Mend it and call again.');
      return await call(tool.name, input, context);
    },
  };
}

const isRecord = (input: Json): input is { [key: string]: Json } =>
  typeof input === 'object' && input !== null && !Array.isArray(input);

/** `<server>_<tool>` in letters, digits, `_` and `-`; one that is cut short has a mark of its own. */
export function toActionName(server: string, tool: string): string {
  const name = `${server}_${tool}`.replace(/[^A-Za-z0-9_-]+/g, '_');
  return name.length <= maxName ? name : markName(name, server, tool);
}

/** The name with a mark that is always the same for this tool of this server. */
export function markName(name: string, ...of: string[]): string {
  const mark = createHash('sha256').update(of.join('\0')).digest('hex').slice(0, 8);
  return `${name.slice(0, maxName - mark.length - 1)}_${mark}`;
}
