/**
 * How every provider is asked: at the address that was named and no other, so that no redirect leads a key elsewhere; and
 * how much it may answer.
 */
import type { Access, Provider } from './access.ts';
import { boundAnswer, type ReadAs } from './bounded-answer.ts';

/** The `fetch` of a provider. */
export function createProviderFetch(provider: Provider, { foreign = [], modelAddresses = [] }: Access): typeof fetch {
  const ask = foreign.includes(provider) ? askForeign(modelAddresses) : fetch;
  return async (input, init) => {
    const answer = await ask(input, { ...(await bindForm(init)), redirect: 'error' });
    return boundAnswer(answer, findReading(input, init));
  };
}

/**
 * How what was asked for is read. A sound is known by how the address is written: where a name of the provider's own ends in
 * `#`, its path would be another. Of a stream of Google's the address says it, of all others a field of the body.
 */
function findReading(input: Parameters<typeof fetch>[0], init: RequestInit | undefined): ReadAs {
  const address = String(input instanceof Request ? input.url : input);
  if (address.endsWith('/audio/speech')) return 'sound';
  const isStream = typeof init?.body === 'string' && init.body.includes('"stream":true');
  return isStream || address.includes('alt=sse') ? 'events' : 'json';
}

/** What keeps such an address apart is loaded with the first one. */
function askForeign(list: readonly string[]): typeof fetch {
  let loaded: Promise<typeof fetch> | undefined;
  return async (input, init) => {
    loaded ??= import('./foreign-fetch.ts').then(({ createForeignFetch }) => createForeignFetch(list));
    return (await loaded)(input, init);
  };
}

/** A form is put together before it leaves: Node throws, where nobody can catch it, when one is aborted half-way. */
async function bindForm(init: RequestInit | undefined): Promise<RequestInit | undefined> {
  if (!(init?.body instanceof FormData)) return init;
  const form = new Response(init.body);
  const headers = new Headers(init.headers);
  headers.set('content-type', form.headers.get('content-type') ?? '');
  return { ...init, headers, body: await form.arrayBuffer() };
}
