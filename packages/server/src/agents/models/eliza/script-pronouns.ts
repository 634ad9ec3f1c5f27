/**
 * The keywords of the DOCTOR script that turn the sentence round: pronouns, the verbs that follow them, contractions.
 * Rules see the sentence after substitution, so `you` in a decomposition is what the person called `I`.
 */
import type { Keyword } from './script-notation.ts';

/** Keywords for who is who. */
export const pronounKeywords: readonly Keyword[] = [
  { word: 'dont', becomes: "don't" },
  { word: 'cant', becomes: "can't" },
  { word: 'wont', becomes: "won't" },
  { word: 'me', becomes: 'you' },
  { word: 'myself', becomes: 'yourself' },
  { word: 'yourself', becomes: 'myself' },
  {
    word: "you're",
    becomes: "I'm",
    rules: [{ match: "0 I'm 0", say: [{ pre: 'I are 3', link: 'you' }] }],
  },
  {
    word: "I'm",
    becomes: "you're",
    rules: [{ match: "0 you're 0", say: [{ pre: 'you are 3', link: 'I' }] }],
  },
  {
    word: 'I',
    becomes: 'you',
    rules: [
      {
        match: '0 you want|need 0',
        say: [
          'What would it mean to you if you got 4?',
          'Why do you want 4?',
          'Suppose you got 4 soon.',
          'What if you never got 4?',
          'What would getting 4 mean to you?',
          'What does wanting 4 have to do with this discussion?',
        ],
      },
      {
        match: '0 you are 0 sad|unhappy|depressed|sick 0',
        say: [
          'I am sorry to hear you are 5.',
          'Do you think coming here will help you not to be 5?',
          "I'm sure it's not pleasant to be 5.",
          'Can you explain what made you 5?',
        ],
      },
      {
        match: '0 you are 0 happy|elated|glad|better 0',
        say: [
          'How have I helped you to be 5?',
          'Has your treatment made you 5?',
          'What makes you 5 just now?',
          'Can you explain why you are suddenly 5?',
        ],
      },
      { match: '0 you was 0', say: [{ link: 'was' }] },
      {
        match: '0 you /belief you 0',
        say: ['Do you really think so?', 'But you are not sure you 5.', 'Do you really doubt you 5?'],
      },
      { match: '0 you 0 /belief 0 I 0', say: [{ link: 'you' }] },
      {
        match: '0 you are 0',
        say: [
          'Is it because you are 4 that you came to me?',
          'How long have you been 4?',
          'Do you believe it normal to be 4?',
          'Do you enjoy being 4?',
        ],
      },
      {
        match: "0 you can't|cannot 0",
        say: [
          "How do you know you can't 4?",
          'Have you tried?',
          'Perhaps you could 4 now.',
          'Do you really want to be able to 4?',
        ],
      },
      {
        match: "0 you don't 0",
        say: ["Don't you really 4?", "Why don't you 4?", 'Do you wish to be able to 4?', 'Does that trouble you?'],
      },
      {
        match: '0 you feel 0',
        say: [
          'Tell me more about such feelings.',
          'Do you often feel 4?',
          'Do you enjoy feeling 4?',
          'Of what does feeling 4 remind you?',
        ],
      },
      {
        match: '0 you 0 I 0',
        say: [
          'Perhaps in your fantasy we 3 each other.',
          'Do you wish to 3 me?',
          'You seem to need to 3 me.',
          'Do you 3 anyone else?',
        ],
      },
      {
        match: '0',
        say: [
          'You say 1?',
          'Can you elaborate on that?',
          'Do you say 1 for some special reason?',
          "That's quite interesting.",
        ],
      },
    ],
  },
  {
    word: 'you',
    becomes: 'I',
    rules: [
      { match: '0 I remind you of 0', say: [{ link: 'dit' }] },
      {
        match: '0 I are 0',
        say: [
          'What makes you think I am 4?',
          'Does it please you to believe I am 4?',
          'Do you sometimes wish you were 4?',
          'Perhaps you would like to be 4.',
        ],
      },
      {
        match: '0 I 0 you',
        say: [
          'Why do you think I 3 you?',
          "You like to think I 3 you - don't you?",
          'What makes you think I 3 you?',
          'Really, I 3 you?',
          'Do you wish to believe I 3 you?',
          'Suppose I did 3 you - what would that mean?',
          'Does someone else believe I 3 you?',
        ],
      },
      {
        match: '0 I 0',
        say: [
          'We were discussing you - not me.',
          'Oh, I 3?',
          "You're not really talking about me - are you?",
          'What are your feelings now?',
        ],
      },
    ],
  },
  {
    word: 'my',
    becomes: 'your',
    rank: 2,
    rules: [
      {
        match: '0 your 0 /family 0',
        say: [
          'Tell me more about your family.',
          'Who else in your family 5?',
          'Your 4?',
          'What else comes to mind when you think of your 4?',
        ],
      },
      {
        match: '0 your 0',
        say: [
          'Your 3?',
          'Why do you say your 3?',
          'Does that suggest anything else which belongs to you?',
          'Is it important to you that 2 3?',
        ],
      },
    ],
  },
  {
    word: 'your',
    becomes: 'my',
    rules: [
      {
        match: '0 my 0',
        say: [
          'Why are you concerned over my 3?',
          'What about your own 3?',
          "Are you worried about someone else's 3?",
          'Really, my 3?',
        ],
      },
    ],
  },
  {
    word: 'am',
    becomes: 'are',
    rules: [
      {
        match: '0 are you 0',
        say: [
          'Do you believe you are 4?',
          'Would you want to be 4?',
          'You wish I would tell you you are 4.',
          'What would it mean if you were 4?',
          { link: 'what' },
        ],
      },
      { match: '0', say: ["Why do you say 'am'?", "I don't understand that."] },
    ],
  },
  {
    word: 'are',
    rules: [
      {
        match: '0 are I 0',
        say: [
          'Why are you interested in whether I am 4 or not?',
          "Would you prefer if I weren't 4?",
          'Perhaps I am 4 in your fantasies.',
          'Do you sometimes think I am 4?',
          { link: 'what' },
        ],
      },
      {
        match: '0 are 0',
        say: [
          'Did you think they might not be 3?',
          'Would you like it if they were not 3?',
          'What if they were not 3?',
          'Possibly they are 3.',
        ],
      },
    ],
  },
  {
    word: 'was',
    rank: 2,
    rules: [
      {
        match: '0 was you 0',
        say: [
          'What if you were 4?',
          'Do you think you were 4?',
          'Were you 4?',
          'What would it mean if you were 4?',
          "What does '4' suggest to you?",
          { link: 'what' },
        ],
      },
      {
        match: '0 you was 0',
        say: ['Were you really?', 'Why do you tell me you were 4 now?', 'Perhaps I already knew you were 4.'],
      },
      {
        match: '0 was I 0',
        say: [
          'Would you like to believe I was 4?',
          'What suggests that I was 4?',
          'What do you think?',
          'Perhaps I was 4.',
          'What if I had been 4?',
        ],
      },
      { match: '0', say: [{ newKey: true }] },
    ],
  },
  { word: 'were', becomes: 'was', link: 'was' },
];
