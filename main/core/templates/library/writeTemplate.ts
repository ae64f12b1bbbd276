import {
  chmodSync,
  cpSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { portableName } from '../../../../shared/domain/template/fileNames.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { reasonMessage } from '../../../../shared/errors/reasonMessage.ts';

/** Does something with files of a template folder; what the disk refuses becomes TEMPLATE_FOLDER_UNUSABLE. */
export function inFolder<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (AppError.is(error) || code === undefined) throw error;
    throw new AppError('TEMPLATE_FOLDER_UNUSABLE', {
      details: { folder, reason: reasonMessage(error) },
      cause: error,
    });
  }
}

/** Modes of template files: a person's own ones are nobody else's, those in a community folder are for everybody there. */
export const OWN = 0o600;
export const SHARED = 0o644;

/** Makes a folder that is not there; one for others is open to them whatever the umask. */
export function makeFolder(folder: string, mode = OWN): void {
  const made = mkdirSync(folder, { recursive: true });
  if (made !== undefined) chmodSync(folder, folderMode(mode));
}

/** Whoever may read a file may pass its folder. */
const folderMode = (mode: number): number => mode | ((mode & 0o444) >> 2);

/**
 * Writes a file whole or not at all, in a folder that is there: first under a name that no library reads, then renamed over `file`.
 * It is on the disk when this returns. Synchronous, so that nothing comes between a check and the writing. `mode` is the file's
 * whatever the umask: its owner's alone unless it is for others.
 */
export function writeWhole(file: string, content: string | Uint8Array, mode = OWN): void {
  const partial = path.join(path.dirname(file), `.${path.basename(file)}.${String(process.pid)}.part`);
  try {
    const handle = openSync(partial, 'w', mode);
    try {
      fchmodSync(handle, mode);
      writeFileSync(handle, content);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(partial, file);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** Moves a file or folder, to another disk too. Nothing when it is not there. */
export function move(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(path.dirname(to), { recursive: true });
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    cpSync(from, to, { recursive: true, errorOnExist: true, force: false });
    rmSync(from, { recursive: true });
  }
}

/**
 * `folder/base.yaml`, or the first of `base-2.yaml` … that is free together with its samples, also where capitals do not count. A base
 * that Windows has no file for (`con`) gets a name near it.
 */
export function freeFile(folder: string, base: string): string {
  const taken = new Set((existsSync(folder) ? readdirSync(folder) : []).map((name) => name.toLowerCase()));
  const safe = portableName(base);
  for (let n = 1; ; n += 1) {
    const stem = n === 1 ? safe : `${safe}-${String(n)}`;
    if (!['.yaml', '.yml', '.samples'].some((ending) => taken.has((stem + ending).toLowerCase())))
      return path.join(folder, `${stem}.yaml`);
  }
}
