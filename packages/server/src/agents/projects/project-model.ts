/** The models of an agent of an Eliza OS project, as a `Model`: for titles, and for programs that lead a conversation. */
import type { Project } from 'elizad-eliza';
import type { Model, ModelMessage } from '../models/model.ts';

/** A project's runtime takes one prompt, and answers with one text. */
export function createProjectModel(project: Project, agentId: string): Model {
  return {
    name: `project/${project.name}`,
    async *stream({ system, messages }, signal) {
      try {
        const prompt = [system, ...messages.flatMap(toLines)].join('\n\n');
        const text = await project.useModel(agentId, 'TEXT_SMALL', { prompt }, signal);
        if (signal.aborted) return;
        yield { type: 'text', text: typeof text === 'string' ? text : JSON.stringify(text) };
        yield { type: 'finish', reason: 'stop' };
      } catch (error) {
        if (signal.aborted) return;
        yield { type: 'failure', code: 'project-model-failed', detail: (error as Error).message };
      }
    },
  };
}

const toLines = (message: ModelMessage): string[] =>
  message.role === 'tool'
    ? []
    : [`${message.role === 'assistant' ? 'You' : (message.name ?? 'User')}: ${message.text}`];
