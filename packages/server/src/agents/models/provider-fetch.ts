/**
 * How every provider is asked: at the address that was named and no other, so that no redirect leads a key elsewhere; and
 * how much it may answer.
 */
import type { Access, Provider } from './access.ts';
import { boundAnswer } from './bounded-answer.ts';

/** The `fetch` of a provider. */
export function createProviderFetch(provider: Provider, { foreign = [], modelAddresses = [] }: Access): typeof fetch {
  const ask = foreign.includes(provider) ? askForeign(modelAddresses) : fetch;
  return async (input, init) => {
    const answer = await ask(input, { ...(await bindForm(init)), redirect: 'error' });
    // By how the address is written: where a name of the provider's own ends in `#`, its path would be another.
    return boundAnswer(answer, String(input instanceof Request ? input.url : input).endsWith('/audio/speech'));
  };
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
