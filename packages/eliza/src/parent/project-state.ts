/** Whether a project can be used. */

/** `reason` is in words, for the log and for the operator: never the text of a message. */
export type ProjectState = {
  readonly name: 'starting' | 'ready' | 'restarting' | 'unusable' | 'stopped';
  readonly reason: string;
};
