/** Runs before the first paint, so that a chosen theme does not flash. The choice itself is made in src/ui/theme.ts. */
try {
  // Where it was kept: src/state/kept.ts.
  const base = new URL('.', document.currentScript.src).pathname.slice(0, -1);
  const chosen = localStorage.getItem(base === '' ? 'elizad-theme' : `elizad:${base}:theme`);
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is off: the theme of the system holds.
}
