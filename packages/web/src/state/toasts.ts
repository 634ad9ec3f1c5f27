/** Errors that belong to no place on the page. */
import { RequestFailed } from 'elizad-client';
import { app, patch } from './app-state.ts';

let lastId = 0;

/** The sentence and, apart, what to do. */
export function describeError(error: unknown): { text: string; hint?: string } {
  if (error instanceof RequestFailed) {
    const { hint, issues = [] } = error.details;
    const text = hint ? error.message.replace(hint, '').trim() : error.message;
    const faults = issues.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
    return { text: faults ? `${text} ${faults}` : text, ...(hint && { hint }) };
  }
  if (error instanceof TypeError)
    return { text: 'The server cannot be reached.', hint: 'Check that it is running, then try again.' };
  return { text: error instanceof Error ? error.message : String(error) };
}

export function showError(error: unknown): void {
  lastId += 1;
  patch({ toasts: [...app.get().toasts.slice(-2), { id: lastId, ...describeError(error) }] });
}

export const dismissToast = (id: number): void =>
  patch({ toasts: app.get().toasts.filter((toast) => toast.id !== id) });
