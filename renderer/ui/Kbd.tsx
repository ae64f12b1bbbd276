import './Kbd.css';

const IS_MAC = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** Keys as this computer's keyboard names them: `mod` is ⌘ on a Mac and Ctrl elsewhere. */
export function shortcutText(keys: readonly string[]): string {
  const named = keys.map((key) => {
    if (key === 'mod') return IS_MAC ? '⌘' : 'Ctrl';
    if (key === 'enter') return IS_MAC ? '⏎' : 'Enter';
    return key;
  });
  return named.join(IS_MAC ? '' : '+');
}

export function Kbd({ keys }: { keys: readonly string[] }) {
  return <kbd className="kbd">{shortcutText(keys)}</kbd>;
}

/** True when the `mod` key of this computer is held. */
export function hasMod(event: { metaKey: boolean; ctrlKey: boolean }): boolean {
  return IS_MAC ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey;
}
