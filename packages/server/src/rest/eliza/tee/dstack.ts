/** dstack: a service on a Unix socket that asks the hardware for what runs in its containers. */
import { request } from 'node:http';
import { basename } from 'node:path';
import { z } from 'zod';
import type { Quote } from './quote.ts';

const deadlineMs = 10_000;
const mostBytes = 4_000_000;

const answered = z.object({ quote: z.string().min(2), event_log: z.unknown().optional() });

export async function quoteOfDstack(socketPath: string, reportData: Buffer): Promise<Quote> {
  const report_data = reportData.toString('hex');
  // Before it had its name, the same service spoke of itself as tappd.
  const isOld = basename(socketPath).startsWith('tappd');
  const answer = isOld
    ? await post(socketPath, '/prpc/Tappd.TdxQuote', { report_data, hash_algorithm: 'raw' })
    : await post(socketPath, '/GetQuote', { report_data });
  const { quote, event_log } = answered.parse(JSON.parse(answer));
  return {
    provider: 'dstack',
    quote: toHex(quote),
    ...(event_log !== undefined && { eventLog: typeof event_log === 'string' ? parseOrKeep(event_log) : event_log }),
  };
}

function toHex(quote: string): string {
  const hex = quote.replace(/^0x/i, '').toLowerCase();
  if (!/^([0-9a-f]{2})+$/.test(hex)) throw new Error('the quote is not hex');
  return hex;
}

function parseOrKeep(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function post(socketPath: string, path: string, body: object): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        socketPath,
        path,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        signal: AbortSignal.timeout(deadlineMs),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
          if (text.length > mostBytes) asked.destroy(new Error('the response is too long'));
        });
        response.on('error', reject);
        response.on('end', () => {
          if (response.statusCode === 200) resolve(text);
          else reject(new Error(`answered with ${response.statusCode}`));
        });
      },
    );
    asked.on('error', reject);
    asked.end(JSON.stringify(body));
  });
}
