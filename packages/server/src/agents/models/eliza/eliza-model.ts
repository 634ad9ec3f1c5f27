/**
 * The built-in agent's model: Weizenbaum's ELIZA of 1966 behind the `Model` port. It needs no key and no network, and
 * keeps nothing: the conversation so far is gone through again at each turn, so a restart changes no answer.
 */
import type { Model, ModelMessage } from '../model.ts';
import { createConversation } from './doctor.ts';
import { doctorScript } from './script.ts';

/** What people said before this many messages no longer has a bearing on the answer. */
const maxReplayed = 200;

const wordsPerPart = 3;

/** Its script is its character: it ignores the system prompt and the sampling settings. */
export const elizaModel: Model = {
  name: 'eliza-1966',
  async *stream({ messages }, signal) {
    if (signal.aborted) return;
    for (const text of splitByWords(answerLast(messages))) {
      yield { type: 'text', text };
      if (signal.aborted) return;
    }
    yield { type: 'finish', reason: 'stop' };
  },
};

function answerLast(messages: readonly ModelMessage[]): string {
  const exchanges = listExchanges(messages).slice(-maxReplayed);
  const last = exchanges.pop();
  if (!last) return doctorScript.opening;
  const conversation = createConversation();
  for (const { text, said } of exchanges) {
    if (said === undefined) conversation.answer(text);
    else conversation.replay(text, said);
  }
  return conversation.answer(last.text);
}

/** What people said, each with what the agent answered, if it did. */
function listExchanges(messages: readonly ModelMessage[]): { text: string; said?: string }[] {
  const exchanges: { text: string; said?: string }[] = [];
  for (const message of messages) {
    const last = exchanges.at(-1);
    if (message.role === 'user') exchanges.push({ text: readSpokenText(message) });
    else if (message.role === 'assistant' && last && last.said === undefined) last.said = message.text.trim();
  }
  return exchanges;
}

/** Without the speaker's name, which stands in front where several talk, and which nobody says aloud. */
function readSpokenText({ text, name }: Extract<ModelMessage, { role: 'user' }>): string {
  return name && text.startsWith(`${name}: `) ? text.slice(name.length + 2) : text;
}

function splitByWords(answer: string): string[] {
  const words = answer.split(' ');
  const parts: string[] = [];
  for (let index = 0; index < words.length; index += wordsPerPart) {
    const isLast = index + wordsPerPart >= words.length;
    parts.push(words.slice(index, index + wordsPerPart).join(' ') + (isLast ? '' : ' '));
  }
  return parts;
}
