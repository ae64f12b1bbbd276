import { chmodSync, closeSync, existsSync, fsyncSync, openSync, rmSync } from 'node:fs';

/** The files that SQLite keeps beside a database: its log and the index of that. */
export const SIDE_FILES = ['-wal', '-shm'] as const;

/**
 * Makes a database file its owner's alone before anything is in it, and those beside it; SQLite gives -wal and -shm the mode of the
 * database. One of another user's stays as it is: whoever may open it decides.
 */
export function keepDatabasePrivate(file: string): void {
  closeSync(openSync(file, 'a', 0o600));
  if (process.platform === 'win32') return;
  for (const each of [file, ...SIDE_FILES.map((ending) => file + ending)]) {
    try {
      if (existsSync(each)) chmodSync(each, 0o600);
    } catch {
      // not ours
    }
  }
}

/** Removes a database that was only being made, with all that SQLite keeps beside it. */
export function removeDatabase(file: string): void {
  for (const ending of ['', ...SIDE_FILES, '-journal']) rmSync(file + ending, { force: true });
}

/** Waits until a file, or the names in a folder, are on the disk. Folders cannot be opened for that on Windows. */
export function syncToDisk(fileOrFolder: string): void {
  try {
    const handle = openSync(fileOrFolder, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  }
}
