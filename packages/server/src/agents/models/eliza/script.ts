/**
 * The DOCTOR script of the CACM paper's appendix, in sentence case: the built-in agent's whole mind. Its keywords stand
 * in three files: those that turn the sentence round, those that name a topic, and turns of speech.
 */
import type { Script } from './script-notation.ts';
import { pronounKeywords } from './script-pronouns.ts';
import { topicKeywords } from './script-topics.ts';
import { turnOfSpeechKeywords } from './script-turns.ts';

/** The psychotherapist that Weizenbaum published. */
export const doctorScript: Script = {
  opening: 'How do you do. Please tell me your problem.',
  keywords: [...pronounKeywords, ...topicKeywords, ...turnOfSpeechKeywords],
  memory: {
    keyword: 'my',
    match: '0 your 0',
    say: [
      "Let's discuss further why your 3.",
      'Earlier you said your 3.',
      'But your 3.',
      'Does that have anything to do with the fact that your 3?',
    ],
  },
  none: {
    match: '0',
    say: [
      'I am not sure I understand you fully.',
      'Please go on.',
      'What does that suggest to you?',
      'Do you feel strongly about discussing such things?',
    ],
  },
  foreign: 'xfremd',
};
