/** Light, dark, or as the system has it; public/theme.js puts it on before the first paint. */
import { keep, readKept } from '../state/kept.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

export const readTheme = (): Theme => themes.find((theme) => theme === readKept('theme')) ?? 'system';

export function setTheme(theme: Theme): void {
  keep('theme', theme === 'system' ? undefined : theme);
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
