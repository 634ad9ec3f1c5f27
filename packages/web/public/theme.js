/** Runs before the first paint, so that a chosen theme does not flash. The choice itself is made in src/ui/theme.ts. */
try {
  const chosen = localStorage.getItem('elizad-theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is off: the theme of the system holds.
}
