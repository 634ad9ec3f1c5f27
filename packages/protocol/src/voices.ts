/** By what a reader knows who speaks: words that the server keeps for itself and its agents, and takes out of what people send. */

/** Sources that say: an agent answers, acts or asks, or the server tells something. */
export const agentSources = ['agent_response', 'agent_action'] as const;
export const serverSources = ['agent_question', 'system'] as const;

/** Sources that say by which door of the server a message came in. */
export const doorSources = ['job', 'openai_api', 'prompt', 'session', 'voice'] as const;
export type DoorSource = (typeof doorSources)[number];

const reservedSources: ReadonlySet<string> = new Set([...agentSources, ...serverSources, ...doorSources]);

/** What a person's message has as its source where they name a reserved one. */
export const plainSource = 'client';

export const isReservedSource = (source: string): boolean => reservedSources.has(source);

/** Keys of metadata that the server writes into its own messages, and clients draw them by. */
export const reservedMetadata = [
  'isAgent',
  'agentName',
  'agent_id',
  'approval',
  'actionId',
  'actionName',
  'actionStatus',
  'actionResult',
  'runId',
  'type',
  'partial',
  'outcome',
  'conversation',
] as const;
