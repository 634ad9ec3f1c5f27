/** What this browser keeps: who I am, my key, what I have read. Without storage, or where it is full, it lasts as long as the page. */
import { basePath } from './base.ts';

/** Another server of this origin, under another path, is another one to be somebody at. public/theme.js knows it, too. */
const prefix = basePath === '' ? 'elizad-' : `elizad:${basePath}:`;

/** The name that something has in the storage. */
export const keyOf = (name: string): string => prefix + name;
const memory = new Map<string, string>();

export function readKept(name: string): string | undefined {
  try {
    return memory.get(name) ?? localStorage.getItem(keyOf(name)) ?? undefined;
  } catch {
    return memory.get(name);
  }
}

/** Undefined forgets it. */
export function keep(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(keyOf(name));
    else localStorage.setItem(keyOf(name), value);
    memory.delete(name);
  } catch {
    // Storage is off, or full.
    if (value === undefined) memory.delete(name);
    else memory.set(name, value);
  }
}

/** What was kept as JSON. Other pages of this origin write into the same storage, and so do older versions of this one. */
export function readKeptJson(name: string): unknown {
  try {
    return JSON.parse(readKept(name) ?? 'null');
  } catch {
    return undefined;
  }
}

/** By name; of its values those that are what they should be. */
export function readKeptRecord<T>(name: string, isValue: (value: unknown) => value is T): Record<string, T> {
  const kept = readKeptJson(name);
  if (typeof kept !== 'object' || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).filter((entry): entry is [string, T] => isValue(entry[1])));
}

/** All of it. */
export function forgetKept(): void {
  memory.clear();
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(prefix)) localStorage.removeItem(name);
  } catch {
    // Without storage there is nothing to forget.
  }
}
