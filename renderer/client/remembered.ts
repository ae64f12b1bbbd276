import { create } from 'zustand';
import { client } from './index.ts';

const KEY = 'interface';
const SAVE_AFTER_MS = 300;

interface Remembered {
  values: Readonly<Record<string, unknown>>;
}

const useStore = create<Remembered>(() => ({ values: {} }));
let timer: ReturnType<typeof setTimeout> | undefined;

/** Reads what the interface remembers, before anything is drawn: panes must not jump. */
export async function loadRemembered(): Promise<void> {
  const { value } = await client.call('ui.get', { key: KEY });
  if (value === null) return;
  try {
    const values: unknown = JSON.parse(value);
    if (typeof values === 'object' && values !== null) useStore.setState({ values: values as Record<string, unknown> });
  } catch {
    // written by something else: begin anew
  }
}

async function save(): Promise<void> {
  timer = undefined;
  await client.call('ui.set', { key: KEY, value: JSON.stringify(useStore.getState().values) });
}

/** Keeps a value across navigation and restarts. Small things only: all of it is written together. */
export function remember(key: string, value: unknown): void {
  useStore.setState(({ values }) => ({ values: { ...values, [key]: value } }));
  // What cannot be saved now is saved with the next change; a pane's width is not worth an error.
  timer ??= setTimeout(() => void save().catch(() => undefined), SAVE_AFTER_MS);
}

function fits<T>(value: unknown, like: T): value is T {
  if (value === undefined) return false;
  if (like === null || value === null) return true;
  return typeof value === typeof like && Array.isArray(value) === Array.isArray(like);
}

export function recall<T>(key: string, fallback: T): T {
  const value = useStore.getState().values[key];
  return fits(value, fallback) ? value : fallback;
}

/** Like `useState`, remembered under `key`: pane sizes, filters, selection. */
export function useRemembered<T>(key: string, fallback: T): [T, (value: T) => void] {
  const value = useStore((store) => store.values[key]);
  return [fits(value, fallback) ? value : fallback, (next) => remember(key, next)];
}

// A window that closes within the delay must not forget.
window.addEventListener('pagehide', () => {
  if (timer === undefined) return;
  clearTimeout(timer);
  void save().catch(() => undefined);
});
