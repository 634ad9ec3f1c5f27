/** What a person is asked before an action runs (stop 6 of the walk). */
import type { Json } from '../models/model.ts';
import type { Approval } from './action.ts';
import type { ActionDefinition } from './define-action.ts';
import { cut } from './outcome.ts';

const defaultApprovalMs = 3_600_000;
const maxQuestionCharacters = 1_000;

const maxInputCharacters = 800;

/** The input as code: clients show questions as markdown, and a model could hide in a link what it asks for. */
const askUsually = (name: string, input: Json): string =>
  `May I use ${name} with \`${cut(showAll(input), maxInputCharacters)}\`?`;

/** What ends code, and what people cannot see: letters that turn others round, or have no form. */
const unseen = /[`\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;

/** In the other way that JSON has to write a letter. */
const showAll = (input: Json): string => JSON.stringify(input).replace(unseen, spell);

const spell = (letter: string): string =>
  letter
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');

/** The usual question, an hour's time, and silence is a no. */
export const usualApproval = (name: string): Approval => ({
  question: (input) => askUsually(name, input),
  timeoutMs: defaultApprovalMs,
  otherwise: 'deny',
});

/** How a definition wants people to be asked. */
export function toApproval(
  { name, parameters }: ActionDefinition,
  approval: Exclude<ActionDefinition['approval'], boolean | undefined>,
): Approval {
  const { question, timeoutMs = defaultApprovalMs, otherwise = 'deny' } = approval;
  const ask = (input: Json): string | undefined => {
    try {
      const parsed = parameters.safeParse(input);
      if (!parsed.success) return undefined;
      if (typeof question === 'string') return question;
      const asked: unknown = question?.(parsed.data);
      if (typeof asked === 'string' && asked.trim() !== '') return asked;
    } catch {
      // A question that throws, or a schema that cannot be asked at once.
    }
    return askUsually(name, input);
  };
  return {
    question: (input) => {
      const asked = ask(input);
      return asked === undefined ? undefined : cut(asked, maxQuestionCharacters);
    },
    timeoutMs,
    otherwise,
  };
}
