/** A model provider that fails at each step: OpenAI's chat completions, streamed, on the loopback. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Chance, pause } from './chance.ts';

export type ModelServer = {
  /** With `/v1`. */
  readonly url: string;
  /** How often each thing happened. */
  readonly counts: Map<string, number>;
  close(): void;
};

type Say = (text: string, finishReason?: 'stop') => void;
type Step = (response: ServerResponse, say: Say) => Promise<void> | void;

const words = ['In ', 'what ', 'way ', 'is ', 'that ', 'so?'];

function sayAll(say: Say): void {
  for (const word of words) say(word);
}

function finish(response: ServerResponse, say: Say): void {
  say('', 'stop');
  response.end('data: [DONE]\n\n');
}

const refuse =
  (status: number): Step =>
  (response) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end('{"error":{"message":"refused"}}');

/** What a request may meet, and how often of all. */
const steps: Record<string, { share: number; step: Step }> = {
  'answers in pieces': {
    share: 0.1,
    async step(response, say) {
      for (const word of words) {
        say(word);
        await pause(20);
      }
      finish(response, say);
    },
  },
  'refuses, 401': { share: 0.03, step: refuse(401) },
  'rate-limits, 429': { share: 0.03, step: refuse(429) },
  'fails, 500': { share: 0.03, step: refuse(500) },
  'hangs before the answer': { share: 0.02, step: () => {} },
  'hangs mid-answer': { share: 0.02, step: (_response, say) => say('Well') },
  'is cut before the answer': { share: 0.04, step: (response) => void response.destroy() },
  'is cut mid-answer': {
    share: 0.04,
    async step(response, say) {
      say('Well');
      await pause(5);
      response.destroy();
    },
  },
  'sends garbage': {
    share: 0.03,
    step(response, say) {
      say('Well');
      response.end('data: {"choices":[{"delta":{"content":"torn\n\n');
    },
  },
  'reports an error mid-answer': {
    share: 0.03,
    step(response, say) {
      say('Well');
      response.end('data: {"error":{"message":"overloaded","type":"overloaded_error","code":503}}\n\n');
    },
  },
  'says nothing': { share: 0.03, step: finish },
};

const atOnce: Step = (response, say) => {
  sayAll(say);
  finish(response, say);
};

function chooseStep(chance: Chance): [name: string, step: Step] {
  let left = chance.between(0, 999_999) / 1_000_000;
  for (const [name, { share, step }] of Object.entries(steps)) {
    left -= share;
    if (left < 0) return [name, step];
  }
  return ['answers at once', atOnce];
}

export async function openModelServer(chance: Chance): Promise<ModelServer> {
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const [name, step] = chooseStep(chance);
      counts.set(name, (counts.get(name) ?? 0) + 1);
      const say: Say = (content, finish_reason) => {
        if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' });
        const choices = [{ index: 0, delta: { content }, finish_reason: finish_reason ?? null }];
        const chunk = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'torture', choices };
        response.write(`data: ${JSON.stringify(chunk)}\n\n`);
      };
      void step(response, say);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    counts,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
