/** What this browser keeps: who I am, my key, what I have read. Without storage it lasts as long as the page. */
const prefix = 'elizad-';
const memory = new Map<string, string>();

export function readKept(name: string): string | undefined {
  try {
    return localStorage.getItem(prefix + name) ?? undefined;
  } catch {
    return memory.get(name);
  }
}

/** Undefined forgets it. */
export function keep(name: string, value: string | undefined): void {
  try {
    if (value === undefined) localStorage.removeItem(prefix + name);
    else localStorage.setItem(prefix + name, value);
  } catch {
    if (value === undefined) memory.delete(name);
    else memory.set(name, value);
  }
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
