import type { Settings } from '../../shared/contract/program.ts';

type Theme = Settings['theme'];

const DARK = '(prefers-color-scheme: dark)';
const MORE_CONTRAST = '(prefers-contrast: more)';

let chosen: Theme = 'system';

/** The theme that is drawn: the chosen one, or what this computer prefers. */
export function drawnTheme(theme: Theme): Exclude<Theme, 'system'> {
  if (theme !== 'system') return theme;
  if (window.matchMedia(MORE_CONTRAST).matches) return 'contrast';
  return window.matchMedia(DARK).matches ? 'dark' : 'light';
}

export function applyTheme(theme: Theme): void {
  chosen = theme;
  document.documentElement.dataset['theme'] = drawnTheme(theme);
}

/** Follows the computer's preference for as long as the page lives. */
export function followSystemTheme(): void {
  for (const query of [DARK, MORE_CONTRAST])
    window.matchMedia(query).addEventListener('change', () => applyTheme(chosen));
}
