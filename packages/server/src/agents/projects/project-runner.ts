/** Turns of the agents of an Eliza OS project: its host makes the answer, the turn is elizad's like every other one. */
import type {
  Project,
  ProjectAttachment,
  ProjectFailure,
  ProjectPart,
  ProjectTurn,
  ProjectVerdict,
} from 'elizad-eliza';
import type { Attachment } from 'elizad-protocol';
import type { Channel } from '../../messaging/directories/channel.ts';
import type { Messaging } from '../../messaging/ground/context.ts';
import type { Logger } from '../../observability/logger.ts';
import { findMessage } from '../../storage/messages/history.ts';
import type { Part, Runner } from '../turn/runner.ts';
import { describeStop, type RunningTurn } from '../turn/running-turn.ts';
import type { Verdict } from '../turn/turn-progress.ts';

type Deps = { messaging: Messaging; project: Project; timeoutMs: number; logger: Logger };

/** How failures are shown to the room. */
const codeOf: Readonly<Record<ProjectFailure, Verdict['code']>> = {
  cancelled: 'turn-cancelled',
  'timed-out': 'turn-timed-out',
  'agent-unknown': 'agent-not-running',
  'model-failed': 'project-model-failed',
  'project-failed': 'project-failed',
  'interrupted-action': 'interrupted-action',
  'host-died': 'project-failed',
  'host-down': 'project-not-running',
  'too-much': 'model-too-long',
  'not-taken': 'answer-failed',
};

export function createProjectRunner({ messaging, project, timeoutMs, logger }: Deps): Runner {
  return {
    async run(of, tell) {
      const { agent, work, signal } = of;
      // What was begun before a restart may have been done; a project keeps no journal of it.
      if (Object.keys(work.calls).length > 0) return { outcome: 'failed', code: 'interrupted-action' };
      const turn = await describeForProject(messaging, of, timeoutMs);
      if (!turn) return { outcome: 'failed', code: 'agent-not-running' };
      let isHeard = true;
      const take = async (part: ProjectPart) => {
        if (isHeard) isHeard = await tell(toPart(part));
      };
      const verdict = await project.run(turn, take, signal);
      if (signal.aborted) return describeStop(signal);
      if (!isHeard) return { outcome: 'failed', code: 'model-too-long' };
      if (verdict.outcome === 'failed') {
        const { code, reason } = verdict;
        logger.warn({ agentId: agent.id, agentName: agent.name, code, reason }, 'the project failed to answer');
      }
      return toVerdict(verdict);
    },
  };
}

function toVerdict(verdict: ProjectVerdict): Verdict {
  if (verdict.outcome !== 'failed') return { outcome: verdict.outcome, code: null };
  const { code } = verdict;
  return { outcome: code === 'timed-out' ? 'timed-out' : 'failed', code: codeOf[code] };
}

/** Undefined where the room or the message is gone. */
async function describeForProject(
  { database }: Messaging,
  { agent, turn, channel, message: { id } }: RunningTurn,
  timeoutMs: number,
): Promise<ProjectTurn | undefined> {
  const message = channel && (await findMessage(database.db, id));
  if (!message) return undefined;
  const { senderId, senderName, text, createdAt, source, inReplyTo } = message;
  return {
    id: turn.id,
    agentId: agent.id,
    room: describeRoom(channel),
    message: {
      id,
      senderId,
      senderName,
      text,
      createdAt,
      source,
      inReplyTo,
      attachments: message.attachments.flatMap(toProjectAttachment),
      metadata: message.metadata as ProjectTurn['message']['metadata'],
    },
    timeoutMs,
  };
}

export const describeRoom = ({ id, name, type, serverId }: Channel): ProjectTurn['room'] => ({
  id,
  name,
  type,
  serverId,
});

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** One without an address has nothing that a project could open. */
function toProjectAttachment(attachment: Attachment, index: number): ProjectAttachment[] {
  const { id = String(index), url, title, contentType } = attachment;
  if (url === undefined) return [];
  const [description, text] = [textOf(attachment.description), textOf(attachment.text)];
  return [{ id, url, title, contentType, description, text }];
}

export const toAttachments = (attachments: readonly ProjectAttachment[]): Attachment[] =>
  attachments.map((one) => ({ ...one }));

function toPart(part: ProjectPart): Part {
  if (part.type === 'said') return { ...part, attachments: toAttachments(part.attachments) };
  // Its `model` is a kind of model: it is not that another one has answered.
  if (part.type === 'usage') return { ...part, model: undefined };
  return part;
}
