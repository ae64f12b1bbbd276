import { getEventListeners } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** What calls may leave behind, counted. Bytes of heap after two collections. */
export interface Residue {
  readonly heap: number;
  readonly rss: number;
  /** Timers, sockets, watchers, workers … that keep the process alive, by Node's names. */
  readonly resources: Readonly<Record<string, number>>;
  readonly descriptors: number;
  /** Listeners on the process, and on the signal that all calls are given. */
  readonly listeners: number;
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

export function takeResidue(signal: AbortSignal): Residue {
  collect();
  collect();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  return {
    heap: heapUsed + external + arrayBuffers,
    rss,
    resources,
    descriptors: process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0,
    listeners:
      process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0) +
      getEventListeners(signal, 'abort').length,
  };
}

/** Growth of the heap that is none: compiled code and full caches. */
const HEAP_SLACK = 64 * 1024 ** 2;
/** Timers and descriptors of what just happens to be under way. */
const COUNT_SLACK = 12;

/** What grew from one to the other beyond what a program at rest needs, as sentences. */
export function growth(before: Residue, after: Residue): string[] {
  const grown: string[] = [];
  if (after.heap > before.heap + HEAP_SLACK)
    grown.push(`heap from ${String(Math.round(before.heap / 1e6))} to ${String(Math.round(after.heap / 1e6))} MB`);
  for (const [kind, count] of Object.entries(after.resources)) {
    if (count > (before.resources[kind] ?? 0) + COUNT_SLACK)
      grown.push(`${kind} from ${String(before.resources[kind] ?? 0)} to ${String(count)}`);
  }
  if (after.descriptors > before.descriptors + COUNT_SLACK)
    grown.push(`descriptors from ${String(before.descriptors)} to ${String(after.descriptors)}`);
  if (after.listeners > before.listeners + COUNT_SLACK)
    grown.push(`listeners from ${String(before.listeners)} to ${String(after.listeners)}`);
  return grown;
}

/** Files below a folder and their bytes. */
export async function filesBelow(folder: string): Promise<{ count: number; bytes: number }> {
  const names = await readdir(folder, { recursive: true });
  const sizes = await Promise.all(
    names.map((name) =>
      stat(path.join(folder, name)).then(
        (found) => (found.isFile() ? found.size : null),
        () => null,
      ),
    ),
  );
  const files = sizes.filter((size) => size !== null);
  return { count: files.length, bytes: files.reduce((sum, size) => sum + size, 0) };
}

/** Bytes of a file, 0 when there is none. */
export const bytesOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;
