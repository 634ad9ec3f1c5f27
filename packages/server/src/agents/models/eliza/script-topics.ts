/** The keywords of the DOCTOR script that name what is talked about: dreams, memories, family, machines, likenesses. */
import type { Keyword } from './script-notation.ts';

/** Keywords for topics. */
export const topicKeywords: readonly Keyword[] = [
  {
    word: 'remember',
    rank: 5,
    rules: [
      {
        match: '0 you remember 0',
        say: [
          'Do you often think of 4?',
          'Does thinking of 4 bring anything else to mind?',
          'What else do you remember?',
          'Why do you remember 4 just now?',
          'What in the present situation reminds you of 4?',
          'What is the connection between me and 4?',
        ],
      },
      {
        match: '0 do I remember 0',
        say: [
          'Did you think I would forget 5?',
          'Why do you think I should recall 5 now?',
          'What about 5?',
          { link: 'what' },
          'You mentioned 5.',
        ],
      },
      { match: '0', say: [{ newKey: true }] },
    ],
  },
  {
    word: 'dreamt',
    rank: 4,
    rules: [
      {
        match: '0 you dreamt 0',
        say: [
          'Really, 4?',
          'Have you ever fantasied 4 while you were awake?',
          'Have you dreamt 4 before?',
          { link: 'dream' },
          { newKey: true },
        ],
      },
    ],
  },
  { word: 'dreamed', becomes: 'dreamt', rank: 4, link: 'dreamt' },
  {
    word: 'dream',
    rank: 3,
    rules: [
      {
        match: '0',
        say: [
          'What does that dream suggest to you?',
          'Do you dream often?',
          'What persons appear in your dreams?',
          "Don't you believe that dream has something to do with your problem?",
          { newKey: true },
        ],
      },
    ],
  },
  { word: 'dreams', becomes: 'dream', rank: 3, link: 'dream' },
  {
    word: 'name',
    rank: 15,
    rules: [
      {
        match: '0',
        say: ['I am not interested in names.', "I've told you before, I don't care about names - please continue."],
      },
    ],
  },
  { word: 'deutsch', link: 'xfremd' },
  { word: 'francais', link: 'xfremd' },
  { word: 'italiano', link: 'xfremd' },
  { word: 'espanol', link: 'xfremd' },
  { word: 'xfremd', rules: [{ match: '0', say: ['I am sorry, I speak only English.'] }] },
  {
    word: 'computer',
    rank: 50,
    rules: [
      {
        match: '0',
        say: [
          'Do computers worry you?',
          'Why do you mention computers?',
          'What do you think machines have to do with your problem?',
          "Don't you think computers can help people?",
          'What about machines worries you?',
          'What do you think about machines?',
        ],
      },
    ],
  },
  { word: 'machine', rank: 50, link: 'computer' },
  { word: 'machines', rank: 50, link: 'computer' },
  { word: 'computers', rank: 50, link: 'computer' },
  { word: 'feel', tags: ['belief'] },
  { word: 'think', tags: ['belief'] },
  { word: 'believe', tags: ['belief'] },
  { word: 'wish', tags: ['belief'] },
  { word: 'mother', tags: ['noun', 'family'] },
  { word: 'mom', becomes: 'mother', tags: ['family'] },
  { word: 'dad', becomes: 'father', tags: ['family'] },
  { word: 'father', tags: ['noun', 'family'] },
  { word: 'sister', tags: ['family'] },
  { word: 'brother', tags: ['family'] },
  { word: 'wife', tags: ['family'] },
  { word: 'children', tags: ['family'] },
  {
    word: 'everyone',
    rank: 2,
    rules: [
      {
        match: '0 everyone|everybody|nobody|noone 0',
        say: [
          'Really, 2?',
          'Surely not 2.',
          'Can you think of anyone in particular?',
          'Who, for example?',
          'You are thinking of a very special person.',
          'Who, may I ask?',
          'Someone special perhaps?',
          "You have a particular person in mind, don't you?",
          "Who do you think you're talking about?",
        ],
      },
    ],
  },
  { word: 'everybody', rank: 2, link: 'everyone' },
  { word: 'nobody', rank: 2, link: 'everyone' },
  { word: 'noone', rank: 2, link: 'everyone' },
  {
    word: 'like',
    rank: 10,
    rules: [
      { match: '0 am|is|are|was 0 like 0', say: [{ link: 'dit' }] },
      { match: '0', say: [{ newKey: true }] },
    ],
  },
  { word: 'alike', rank: 10, link: 'dit' },
  { word: 'same', rank: 10, link: 'dit' },
  {
    word: 'dit',
    rules: [
      {
        match: '0',
        say: [
          'In what way?',
          'What resemblance do you see?',
          'What does that similarity suggest to you?',
          'What other connections do you see?',
          'What do you suppose that resemblance means?',
          'What is the connection, do you suppose?',
          'Could there really be some connection?',
          'How?',
        ],
      },
    ],
  },
];
