import { useEffect, useRef } from 'react';
import { hasMod, navigate, type Page } from '../ui/index.ts';

const PAGE_KEYS: Readonly<Record<string, Page>> = {
  l: 'launch',
  j: 'jobs',
  t: 'templates',
  i: 'images',
  c: 'clusters',
  s: 'settings',
};
/** Longest pause between `g` and the screen's letter. */
const SEQUENCE_MS = 1200;

/** Single letters are text where text is typed, and belong to a dialog or an editor while it has the focus. */
function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target.closest('input, textarea, select, [role="dialog"], [role="menu"], [role="listbox"], .monaco-editor') !==
        null)
  );
}

/** The shortcuts of the whole window: ⌘K, `g` and a letter, `/`, `?`. */
export function useShortcuts(actions: { onPalette: () => void; onHelp: () => void }): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    let sequenceSince = -Infinity;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (hasMod(event) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        latest.current.onPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      const key = event.key.toLowerCase();
      const page = event.timeStamp - sequenceSince < SEQUENCE_MS ? PAGE_KEYS[key] : undefined;
      sequenceSince = key === 'g' ? event.timeStamp : -Infinity;
      if (page) navigate(page);
      else if (key === '?') latest.current.onHelp();
      else if (key === '/') document.querySelector<HTMLElement>('main input[type="search"]')?.focus();
      else return;
      event.preventDefault();
    };
    // Before Monaco and the lists: ⌘K must work from everywhere.
    window.addEventListener('keydown', onKeyDown, true);
    return () => window.removeEventListener('keydown', onKeyDown, true);
  }, []);
}
