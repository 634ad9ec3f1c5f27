/** The built-in agent speaks as the program of 1966 did: the published conversation, each mechanism, texts of today. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createConversation } from '../../src/agents/models/eliza/doctor.ts';
import { elizaModel } from '../../src/agents/models/eliza/eliza-model.ts';
import { hashWord } from '../../src/agents/models/eliza/hollerith.ts';
import { doctorScript } from '../../src/agents/models/eliza/script.ts';
import type { ModelMessage, ModelPart } from '../../src/agents/models/model.ts';

/** Communications of the ACM 9 (1966), pages 36 and 37: what the patient types, and what ELIZA prints. */
const published = [
  ['Men are all alike.', 'IN WHAT WAY'],
  ["They're always bugging us about something or other.", 'CAN YOU THINK OF A SPECIFIC EXAMPLE'],
  ['Well, my boyfriend made me come here.', 'YOUR BOYFRIEND MADE YOU COME HERE'],
  ["He says I'm depressed much of the time.", 'I AM SORRY TO HEAR YOU ARE DEPRESSED'],
  ["It's true. I am unhappy.", 'DO YOU THINK COMING HERE WILL HELP YOU NOT TO BE UNHAPPY'],
  ['I need some help, that much seems certain.', 'WHAT WOULD IT MEAN TO YOU IF YOU GOT SOME HELP'],
  ['Perhaps I could learn to get along with my mother.', 'TELL ME MORE ABOUT YOUR FAMILY'],
  ['My mother takes care of me.', 'WHO ELSE IN YOUR FAMILY TAKES CARE OF YOU'],
  ['My father.', 'YOUR FATHER'],
  ['You are like my father in some ways.', 'WHAT RESEMBLANCE DO YOU SEE'],
  [
    "You are not very aggressive but I think you don't want me to notice that.",
    'WHAT MAKES YOU THINK I AM NOT VERY AGGRESSIVE',
  ],
  ["You don't argue with me.", "WHY DO YOU THINK I DON'T ARGUE WITH YOU"],
  ['You are afraid of me.', 'DOES IT PLEASE YOU TO BELIEVE I AM AFRAID OF YOU'],
  ['My father is afraid of everybody.', 'WHAT ELSE COMES TO MIND WHEN YOU THINK OF YOUR FATHER'],
  ['Bullies.', 'DOES THAT HAVE ANYTHING TO DO WITH THE FACT THAT YOUR BOYFRIEND MADE YOU COME HERE'],
] as const;

const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(/[^a-z]+/g, ' ')
    .trim();

/** The answers to several texts of one conversation. */
function talk(...texts: string[]): string[] {
  const conversation = createConversation();
  return texts.map((text) => conversation.answer(text));
}

const answer = (text: string) => talk(text)[0];

async function stream(messages: readonly ModelMessage[], signal = new AbortController().signal): Promise<ModelPart[]> {
  const parts: ModelPart[] = [];
  for await (const part of elizaModel.stream({ system: 'You are Ada.', messages }, signal)) parts.push(part);
  return parts;
}

async function say(messages: readonly ModelMessage[]): Promise<string> {
  return (await stream(messages)).map((part) => (part.type === 'text' ? part.text : '')).join('');
}

function measure(run: () => unknown): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}

const user = (text: string): Extract<ModelMessage, { role: 'user' }> => ({ role: 'user', text });

describe('the conversation that Weizenbaum published', () => {
  it('comes out turn by turn', () => {
    const conversation = createConversation();
    for (const [text, expected] of published) assert.equal(plain(conversation.answer(text)), plain(expected));
  });

  it('comes out of the model, which keeps nothing between turns', async () => {
    const messages: ModelMessage[] = [];
    for (const [text, expected] of published) {
      messages.push(user(text));
      const said = await say(messages);
      assert.equal(plain(said), plain(expected));
      messages.push({ role: 'assistant', text: said });
    }
  });
});

describe('the script', () => {
  it('has every keyword of the appendix', () => {
    const appendix = `sorry dont cant wont remember if dreamt dreamed dream dreams how when alike same certainly feel
      think believe wish perhaps maybe name deutsch francais italiano espanol xfremd hello computer machine machines
      computers am are your was were me you're I'm myself yourself mother mom dad father sister brother wife children I
      you yes no my can what because why everyone everybody nobody noone always like dit`;
    const words = doctorScript.keywords.map(({ word }) => word);
    assert.deepEqual(words.toSorted(), appendix.split(/\s+/).toSorted());
  });

  it('links to keywords that exist, and numbers only parts that its patterns have', () => {
    const words = new Set(doctorScript.keywords.map(({ word }) => word));
    const rules = doctorScript.keywords.flatMap(({ rules = [] }) => rules);
    for (const { match, say } of [...rules, doctorScript.memory, doctorScript.none]) {
      for (const reassembly of say) {
        if (typeof reassembly === 'object' && 'link' in reassembly) assert.ok(words.has(reassembly.link));
        const sentence = typeof reassembly === 'string' ? reassembly : 'pre' in reassembly ? reassembly.pre : '';
        for (const digit of sentence?.match(/\d/g) ?? []) assert.ok(Number(digit) <= match.split(' ').length, sentence);
      }
    }
    for (const { link } of doctorScript.keywords) assert.ok(link === undefined || words.has(link));
  });
});

describe('the program', () => {
  it('answers the keyword of the highest rank, and the first of equals', () => {
    assert.equal(answer('I always dream of my computer'), 'Do computers worry you?');
    assert.equal(answer('My name is everybody'), 'I am not interested in names.');
    assert.equal(answer('Perhaps I am wrong'), "You don't seem quite certain.");
  });

  it('turns pronouns round', () => {
    assert.equal(answer('I think you hate me'), 'Why do you think I hate you?');
    assert.equal(answer('If I gave you my hand'), "Do you think it's likely that you gave I your hand?");
    assert.equal(answer("I'm ashamed of myself"), 'Is it because you are ashamed of yourself that you came to me?');
    assert.equal(answer("You're kinder than yourself"), 'What makes you think I am kinder than myself?');
  });

  it('reads one sentence: up to a delimiter after a keyword, past it before', () => {
    assert.equal(answer('It rains. I am cold, my dog too'), 'Is it because you are cold that you came to me?');
    assert.equal(answer('Rain, snow but I feel warm but wet'), 'Tell me more about such feelings.');
    assert.equal(answer('I want pie but my mother cooks'), 'What would it mean to you if you got pie?');
  });

  it('knows sets and tags', () => {
    assert.equal(answer('I am so very glad of that'), 'How have I helped you to be glad?');
    assert.equal(answer('My older brother'), 'Tell me more about your family.');
    assert.deepEqual(talk('I believe I won', 'I wish I won', 'I feel I won'), [
      'Do you really think so?',
      'But you are not sure you won.',
      'Do you really doubt you won?',
    ]);
  });

  it('takes the reassemblies of a rule in turn', () => {
    const answers = talk(...Array.from({ length: 5 }, () => 'yes'));
    assert.deepEqual(answers, [
      'You seem quite positive.',
      'You are sure?',
      'I see.',
      'I understand.',
      'You seem quite positive.',
    ]);
  });

  it('follows links, also out of a rule and with the words rewritten', () => {
    assert.deepEqual(talk('How?', 'When?'), ['Why do you ask?', 'Does that question interest you?']);
    assert.equal(talk('Am I mad?', 'Am I mad?', 'Am I mad?', 'Am I mad?', 'Am I mad?')[4], 'Why do you ask?');
    assert.equal(answer('You remind me of rain'), 'In what way?');
    assert.equal(answer("He said I'm sick"), 'I am sorry to hear you are sick.');
  });

  it('goes on with the next keyword at NEWKEY, and with none left as if there had been none', () => {
    assert.equal(answer('I like pie'), 'You say you like pie?');
    assert.equal(answer('People remember'), 'I am not sure I understand you fully.');
    const answers = talk(...Array.from({ length: 5 }, () => 'I dreamt of rain'));
    assert.deepEqual(answers.slice(2), [
      'Have you dreamt of rain before?',
      'What does that dream suggest to you?',
      'You say you dreamt of rain?',
    ]);
  });

  it('has words for a keyword whose rules do not fit', () => {
    assert.deepEqual(talk('He can', 'He can', 'He can', 'He can'), [
      'Hmmm.',
      'Go on, please.',
      'I see.',
      'Please continue.',
    ]);
  });

  it('recalls a memory at each fourth text only, if it has no keyword, the oldest first', () => {
    const answers = talk('My cat came here', 'hm', 'My dog has time', 'hm', 'hm', 'hm', 'hm', 'hm', 'hm', 'hm', 'hm');
    assert.equal(answers[6], 'Does that have anything to do with the fact that your cat came here?');
    assert.equal(answers[10], "Let's discuss further why your dog has time.");
    assert.deepEqual([answers[1], answers[3], answers[4]], doctorScript.none.say.slice(0, 3));
    assert.equal(talk('My cat', 'hm', 'yes')[2], 'You seem quite positive.');
  });

  it('hashes as the IBM 7094 did', () => {
    assert.equal(hashWord('always', 7), 14);
    assert.deepEqual([hashWord('here', 2), hashWord('kids', 2), hashWord('time', 2)], [3, 1, 0]);
    for (const word of ['', 'x', 'ünïcödé', '😀', '1234567890123']) assert.ok([0, 1, 2, 3].includes(hashWord(word, 2)));
  });
});

describe('what people type today', () => {
  it('answers a text without words', () => {
    const heard = doctorScript.none.say.slice(0, 3);
    assert.deepEqual(talk('', ' ?!... "\n" ', '😀👍🏽'), heard);
    assert.equal(answer('I am 😀'), 'Is it because you are 😀 that you came to me?');
  });

  it('says that it speaks only English', () => {
    const texts = ['Привет, как дела?', '你好', 'مرحبا', 'Parlez-vous français ?', 'Habla Español'];
    for (const text of texts) assert.equal(answer(text), 'I am sorry, I speak only English.');
    assert.equal(answer('Ünïcödé'), 'I am not sure I understand you fully.');
  });

  it('reads contractions, with any apostrophe or none', () => {
    assert.equal(answer("I can't sleep"), "How do you know you can't sleep?");
    for (const text of ['I don’t know', 'i dont know', 'I DON`T KNOW'])
      assert.equal(answer(text), "Don't you really know?");
    assert.equal(answer('You’re tired'), 'What makes you think I am tired?');
    assert.equal(answer('I’m tired'), answer('I am tired'));
  });

  it('says fragments back in natural case', () => {
    assert.equal(answer('It rains and I want what i know'), 'What would it mean to you if you got what you know?');
    assert.equal(answer('I THINK IT IS BAD IF BOB LEAVES'), "Do you think it's likely that bob leaves?");
    assert.equal(answer('My friend Bob moved to New York'), 'Your friend Bob moved to New York?');
    assert.equal(answer('Everyone laughs'), 'Really, everyone?');
  });

  it('keeps numbers and addresses whole, and drops markup and mentions', () => {
    assert.equal(answer('I need 3.14 of example.com'), 'What would it mean to you if you got 3.14 of example.com?');
    assert.equal(answer('@Eliza I **want** "pie"'), 'What would it mean to you if you got pie?');
  });

  it('shortens what is too long to be said back', () => {
    const said = answer(`I am ${'x'.repeat(99_000)}`);
    assert.match(said ?? '', /^Is it because you are x{60}… that you came to me\?$/);
  });

  it('stays quick and quotable on hostile texts', () => {
    const ordinary = " |'|.|,|@|@a |a|my |I |you I |I think |you are |I'm you're |if my dream like |0 1 9 ".split('|');
    const strange = '\u0301|\ud800|\0|\u202e|ﷺ|👨\u200d👩\u200d👧|$& $1 |*_[](<|constructor __proto__ '.split('|');
    for (const piece of [...ordinary, ...strange]) {
      const text = piece.repeat(Math.ceil(100_000 / piece.length));
      const ms = Math.min(...[1, 2, 3].map(() => measure(() => answer(text))));
      assert.ok(ms < 20, `${JSON.stringify(piece)}: ${ms} ms`);
      const said = answer(text) ?? '';
      assert.ok(said.length > 0 && said.length < 4000 && said.isWellFormed(), JSON.stringify(piece));
    }
  });
});

describe('the model', () => {
  it('streams groups of words, then one finish', async () => {
    const parts = await stream([user('I am sad'), { role: 'assistant', text: 'Oh.' }, user('My dog ran away from me')]);
    assert.deepEqual(parts, [
      { type: 'text', text: 'Your dog ran ' },
      { type: 'text', text: 'away from you?' },
      { type: 'finish', reason: 'stop' },
    ]);
  });

  it('opens a conversation in which nobody has said anything', async () => {
    assert.equal(await say([]), doctorScript.opening);
    assert.equal(await say([{ role: 'assistant', text: 'Hello' }]), doctorScript.opening);
  });

  it('ends without a last part when the signal aborts', async () => {
    const controller = new AbortController();
    const parts: ModelPart[] = [];
    for await (const part of elizaModel.stream({ system: '', messages: [user('I am sad')] }, controller.signal)) {
      parts.push(part);
      controller.abort();
    }
    assert.deepEqual(parts, [{ type: 'text', text: 'I am sorry ' }]);
    assert.deepEqual(await stream([user('I am sad')], AbortSignal.abort()), []);
  });

  it('gives the same answer to the same history, many at once', async () => {
    const messages = published.map(([text]) => user(text));
    const answers = await Promise.all(Array.from({ length: 20 }, () => say(messages)));
    assert.equal(new Set(answers).size, 1);
  });

  it('does not hear the name that a group puts in front', async () => {
    assert.equal(
      await say([{ role: 'user', name: 'My wife', text: 'My wife: I am sad' }]),
      await say([user('I am sad')]),
    );
  });

  it('goes on where it was, when the beginning is out of sight', async () => {
    const texts = ['hm', 'My cat came here', 'hm', 'I am sad', 'hm', 'ok', 'why?', 'My boss is mean to me'];
    const messages: Exclude<ModelMessage, { role: 'tool' }>[] = [];
    let recalled = 0;
    for (let turn = 0; turn < 80; turn++) {
      messages.push(user(texts[(turn * 5) % texts.length] ?? ''));
      const said = await say(messages.slice(-30));
      assert.notEqual(said, messages.at(-2)?.text);
      if (/^(Let's discuss|Earlier|But your|Does that have)/.test(said) && turn >= 30) recalled++;
      messages.push({ role: 'assistant', text: said });
    }
    assert.ok(recalled > 0);
  });

  it('reads no more than the last 200 texts of a long room, quickly', async () => {
    const messages = Array.from({ length: 100_000 }, (_, turn) =>
      user(turn % 3 ? 'hm' : 'My dog is here '.repeat(300)),
    );
    const began = performance.now();
    assert.equal(await say(messages), await say(messages.slice(-200)));
    assert.ok(performance.now() - began < 10_000, 'all of them were taken, which lasts minutes');
  });
});
