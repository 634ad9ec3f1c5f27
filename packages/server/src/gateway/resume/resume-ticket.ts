/**
 * What Socket.IO hands to the adapter of a client that wants to come back is one text, its secret id. Ours holds as whom it
 * comes, too: nobody becomes somebody else by it.
 */

/** `entityId`: the one that it names now; undefined where it names none. */
export type ResumeTicket = { pid: string; entityId?: string | undefined };

export const writeTicket = (ticket: ResumeTicket): string => JSON.stringify(ticket);

export const readTicket = (text: string): ResumeTicket => JSON.parse(text);
