/** The key by which the retry of a message is found. */
import { hash } from 'node:crypto';

/** By what a retry is found: a digest of 132 bits, because the index of what it stands for is five times as large. */
export const toDedupeKey = (channelId: string, senderId: string, clientMessageId: string): string =>
  hash('sha256', `${channelId}:${senderId}:${clientMessageId}`, 'base64url').slice(0, 22);
