/** What others do in a room, over HTTP: no page of ours has a part in it. */

/** Somebody who is not on the page says something in its room. */
export async function sayFromElsewhere(
  url: string,
  pageUrl: string,
  { text, name, wait = false }: { text: string; name: string; wait?: boolean },
): Promise<void> {
  const roomId = new URL(pageUrl).pathname.split('/').at(-1);
  await fetch(`${url}/api/messaging/channels/${roomId}/messages${wait ? '?wait=true' : ''}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ content: text, author_id: crypto.randomUUID(), author_display_name: name }),
  });
}
