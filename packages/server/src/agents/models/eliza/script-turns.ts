/** The keywords of the DOCTOR script that are turns of speech: greetings, questions, reasons, doubt, yes and no. */
import type { Keyword } from './script-notation.ts';

/** Keywords for how something is said. */
export const turnOfSpeechKeywords: readonly Keyword[] = [
  {
    word: 'sorry',
    rules: [
      {
        match: '0',
        say: [
          "Please don't apologize.",
          'Apologies are not necessary.',
          'What feelings do you have when you apologize?',
          "I've told you that apologies are not required.",
        ],
      },
    ],
  },
  {
    word: 'if',
    rank: 3,
    rules: [
      {
        match: '0 if 0',
        say: ["Do you think it's likely that 3?", 'Do you wish that 3?', 'What do you think about 3?', 'Really, 2 3?'],
      },
    ],
  },
  {
    word: 'perhaps',
    rules: [
      {
        match: '0',
        say: [
          "You don't seem quite certain.",
          'Why the uncertain tone?',
          "Can't you be more positive?",
          "You aren't sure?",
          "Don't you know?",
        ],
      },
    ],
  },
  { word: 'maybe', link: 'perhaps' },
  { word: 'hello', rules: [{ match: '0', say: ['How do you do. Please state your problem.'] }] },
  {
    word: 'yes',
    rules: [{ match: '0', say: ['You seem quite positive.', 'You are sure?', 'I see.', 'I understand.'] }],
  },
  { word: 'certainly', link: 'yes' },
  {
    word: 'no',
    rules: [
      {
        match: '0',
        say: ["Are you saying 'no' just to be negative?", 'You are being a bit negative.', 'Why not?', "Why 'no'?"],
      },
    ],
  },
  {
    word: 'can',
    rules: [
      {
        match: '0 can I 0',
        say: [
          "You believe I can 4, don't you?",
          { link: 'what' },
          'You want me to be able to 4.',
          'Perhaps you would like to be able to 4 yourself.',
        ],
      },
      {
        match: '0 can you 0',
        say: [
          'Whether or not you can 4 depends on you more than on me.',
          'Do you want to be able to 4?',
          "Perhaps you don't want to 4.",
          { link: 'what' },
        ],
      },
    ],
  },
  {
    word: 'what',
    rules: [
      {
        match: '0',
        say: [
          'Why do you ask?',
          'Does that question interest you?',
          'What is it you really want to know?',
          'Are such questions much on your mind?',
          'What answer would please you most?',
          'What do you think?',
          'What comes to your mind when you ask that?',
          'Have you asked such questions before?',
          'Have you asked anyone else?',
        ],
      },
    ],
  },
  { word: 'how', link: 'what' },
  { word: 'when', link: 'what' },
  {
    word: 'why',
    rules: [
      {
        match: "0 why don't I 0",
        say: [
          "Do you believe I don't 5?",
          'Perhaps I will 5 in good time.',
          'Should you 5 yourself?',
          'You want me to 5?',
          { link: 'what' },
        ],
      },
      {
        match: "0 why can't you 0",
        say: [
          'Do you think you should be able to 5?',
          'Do you want to be able to 5?',
          'Do you believe this will help you to 5?',
          "Have you any idea why you can't 5?",
          { link: 'what' },
        ],
      },
    ],
    link: 'what',
  },
  {
    word: 'because',
    rules: [
      {
        match: '0',
        say: [
          'Is that the real reason?',
          "Don't any other reasons come to mind?",
          'Does that reason seem to explain anything else?',
          'What other reasons might there be?',
        ],
      },
    ],
  },
  {
    word: 'always',
    rank: 1,
    rules: [
      {
        match: '0',
        say: ['Can you think of a specific example?', 'When?', 'What incident are you thinking of?', 'Really, always?'],
      },
    ],
  },
];
