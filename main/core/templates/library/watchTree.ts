import { statSync, watch, type FSWatcher } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { Disposable } from '../../../../shared/lib/disposable.ts';

/** How often it is looked whether the folder itself is still the same one, or there at last. Milliseconds. */
const ROOT_LOOK_MS = 1000;
/** A folder on another computer tells nothing of changes made there: all of it is looked through this often. In looks at the root. */
const LOOKS_PER_SWEEP = 30;

export interface TreeWatch extends Disposable {
  /** Watches one folder of the tree; nothing when it is watched already. Call it before the folder is listed. */
  add(folder: string): void;
  /** No longer watches a folder and what is below it. */
  remove(folder: string): void;
}

interface Options {
  readonly root: string;
  /** Something is different at this path, or may be: a file or folder, new, changed or gone. */
  readonly onTouched: (touched: string) => void;
  /** A folder cannot be watched: the sweeps still see what happens in it. Called once. */
  readonly onUnwatched: (reason: string) => void;
}

/** Watches folders one by one: a watch for each file, as usual libraries set, takes seconds for thousands of files. */
export function watchTree({ root, onTouched, onUnwatched }: Options): TreeWatch {
  const watchers = new Map<string, { watcher: FSWatcher; inode: number }>();
  let complained = false;
  let looks = 0;
  let rootInode: number | null = null;
  let asking = true;
  let disposed = false;

  const stop = (folder: string): void => {
    watchers.get(folder)?.watcher.close();
    watchers.delete(folder);
  };
  const complain = (error: unknown): void => {
    if (!complained) onUnwatched(error instanceof Error ? error.message : String(error));
    complained = true;
  };
  // a disk on a network that does not answer is waited for, here and not by the window
  void inodeLater(root).then((inode) => {
    rootInode = inode;
    asking = false;
  });
  const looking = setInterval(() => {
    if (asking) return;
    asking = true;
    void inodeLater(root).then((inode) => {
      asking = false;
      looks += 1;
      if (disposed || (inode === rootInode && looks % LOOKS_PER_SWEEP !== 0)) return;
      rootInode = inode;
      onTouched(root);
    });
  }, ROOT_LOOK_MS);
  looking.unref();

  return {
    add(folder) {
      const inode = inodeOf(folder);
      if (inode === null || watchers.get(folder)?.inode === inode) return;
      stop(folder);
      try {
        const watcher = watch(folder, { persistent: false }, (_, name) =>
          onTouched(name === null ? folder : path.join(folder, name)),
        );
        watcher.on('error', (error) => {
          stop(folder);
          if (inodeOf(folder) !== null) complain(error);
          onTouched(folder);
        });
        watchers.set(folder, { watcher, inode });
      } catch (error) {
        complain(error);
      }
    },
    remove(folder) {
      for (const each of [...watchers.keys()]) if (each === folder || each.startsWith(folder + path.sep)) stop(each);
    },
    dispose() {
      disposed = true;
      clearInterval(looking);
      for (const { watcher } of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

/** The same, off this thread. */
async function inodeLater(folder: string): Promise<number | null> {
  try {
    const found = await stat(folder);
    return found.isDirectory() ? found.ino : null;
  } catch {
    return null;
  }
}

/** Null when there is no such folder. */
function inodeOf(folder: string): number | null {
  try {
    const found = statSync(folder);
    return found.isDirectory() ? found.ino : null;
  } catch {
    return null;
  }
}
