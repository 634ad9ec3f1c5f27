/** Goes through all of a room page by page, as clients do that show more of it. */

type Shown = { seq: number; created_at: number };

/** How many messages it had to come to, and came to not at all, or twice; paged by numbers, or by the times of the oldest ones. */
export async function pageThrough(url: string, roomId: string, by: 'seq' | 'created_at'): Promise<number> {
  const seen = new Map<number, number>();
  for (let before: string | undefined; ; ) {
    const query = new URLSearchParams({ limit: '50', ...(before !== undefined && { before }) });
    const answer = await fetch(`${url}/api/messaging/channels/${roomId}/messages?${query}`);
    const { data } = (await answer.json()) as { data: { messages: Shown[]; hasMore: boolean } };
    for (const { seq } of data.messages) seen.set(seq, (seen.get(seq) ?? 0) + 1);
    if (!data.hasMore || data.messages.length === 0) break;
    const oldest = Math.min(...data.messages.map((message) => message[by]));
    before = by === 'seq' ? String(oldest) : new Date(oldest).toISOString();
  }
  const twice = by === 'seq' ? [...seen.values()].filter((times) => times > 1).length : 0;
  return Math.max(0, ...seen.keys()) - seen.size + twice;
}
