/** One turn: the message as the agent knows messages, through the project's own message service, and what comes of it. */
import type { ProjectMessage, ProjectTurn, ProjectVerdict } from '../../link.ts';
import type { HostedAgent } from '../agents.ts';
import type { Content, Core, Memory } from '../core.ts';
import { send } from '../line.ts';
import { isSaid, readContent } from './content.ts';
import { describeFailure } from './failure.ts';
import { settleCards } from './hooks.ts';
import { rememberAnswer } from './memories.ts';
import { type AgentRoom, ensureRoom, memoryIdOf, sourceIn } from './rooms.ts';
import { type Outcome, type TurnScope, turnScope } from './scope.ts';

export type Ran = {
  readonly verdict: ProjectVerdict;
  /** Resolves when the agent has also thought about it. */
  readonly after: Promise<void>;
};

/** Never rejects. */
export async function runTurn(core: Core, agent: HostedAgent, turn: ProjectTurn, scope: TurnScope): Promise<Ran> {
  const work = turnScope.run(scope, () => handle(core, agent, turn, scope));
  const after = work.then(
    () => {},
    // Of a turn that has ended well, core has logged it; of another one it is the verdict.
    () => {},
  );
  try {
    const outcome = await Promise.race([work, scope.whole.promise]);
    await settleCards(scope);
    scope.signal.throwIfAborted();
    const verdict = scope.hasSaid || scope.hasActed ? answered : describeSilence(outcome);
    return { verdict, after };
  } catch (error) {
    await settleCards(scope);
    const verdict = describeFailure(error, scope);
    // What core still works on, such as a turn that took too long, must neither act nor speak.
    scope.cancel();
    return { verdict, after };
  }
}

const answered: ProjectVerdict = { outcome: 'answered' };

/** Core gives up on an answer that it cannot read, and says nothing of it. */
function describeSilence({ didRespond, responseContent }: Outcome): ProjectVerdict {
  if (didRespond === true && !responseContent) {
    const reason = 'its model gave no answer in the form that the agent asks for: try another model';
    return { outcome: 'failed', code: 'model-failed', reason };
  }
  return { outcome: 'ignored' };
}

async function handle(core: Core, agent: HostedAgent, turn: ProjectTurn, scope: TurnScope): Promise<Outcome> {
  const { runtime } = agent;
  const { message, room, timeoutMs } = turn;
  const service = runtime.messageService;
  if (!service) throw new Error('the agent has no message service');
  const source = sourceIn(room, message.source);
  const person = { id: message.senderId, name: message.senderName, source };
  const places = await agent.inTurn(() => ensureRoom(core, runtime, room, person));
  agent.hearSource(source);
  const memory = toMemory(core, agent, message, places, source);
  let saidParts = 0;

  const onResponse = async (content: Content): Promise<Memory[]> => {
    scope.signal.throwIfAborted();
    const said = readContent(content);
    // An evaluator may say something when the turn has ended.
    if (isSaid(said) && scope.isClosed)
      send({ type: 'saying', saying: { agentId: runtime.agentId, roomId: room.id, ...said } });
    else if (isSaid(said)) {
      scope.hasSaid = true;
      await scope.tell({ type: 'said', ...said });
    }
    await rememberAnswer(core, runtime, { turnId: turn.id, part: saidParts, content, places });
    saidParts += 1;
    return [];
  };
  const options = {
    timeoutDuration: timeoutMs,
    onStreamChunk: async (chunk: unknown) => {
      if (typeof chunk === 'string' && chunk !== '') await scope.tell({ type: 'chunk', text: chunk });
    },
  };
  const work = () => service.handleMessage(runtime, memory, onResponse, options);
  const result = await (runtime.withEntityContext ? runtime.withEntityContext(message.senderId, work) : work());
  return (result ?? {}) as Outcome;
}

function toMemory(
  core: Core,
  { runtime }: HostedAgent,
  message: ProjectMessage,
  places: AgentRoom,
  source: string,
): Memory {
  const attachments = message.attachments.map((attachment) => ({ ...attachment, source }));
  const { mentionContext } = message.metadata;
  return {
    id: memoryIdOf(core, runtime, message.id),
    entityId: message.senderId,
    agentId: runtime.agentId,
    ...places,
    createdAt: message.createdAt,
    content: {
      text: message.text,
      source,
      ...(attachments.length > 0 && { attachments }),
      ...(message.inReplyTo !== null && { inReplyTo: memoryIdOf(core, runtime, message.inReplyTo) }),
      mentionContext: mentionContext ?? readMention(message.text, runtime.character.name),
    },
    metadata: {
      ...message.metadata,
      type: 'message',
      source,
      sourceId: message.id,
      raw: { senderName: message.senderName, senderId: message.senderId },
    },
  };
}

/** An agent that is called by its name answers; otherwise, in a group, its model decides. */
function readMention(text: string, name: string) {
  const isMention = text.toLowerCase().includes(name.toLowerCase());
  return { isMention, isReply: false, isThread: false };
}
