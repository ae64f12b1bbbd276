import { chmod, mkdir, stat } from 'node:fs/promises';
import type { Stats } from 'node:fs';
import { AppError } from '../../shared/errors/appError.ts';
import { message, type Message } from '../../shared/messages/message.ts';
import { reasonMessage } from '../../shared/errors/reasonMessage.ts';

/** Does something with files of the data folder; what the disk refuses becomes DATA_FOLDER_UNUSABLE. */
export async function inDataFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (AppError.is(error) || code === undefined) throw error;
    throw new AppError('DATA_FOLDER_UNUSABLE', {
      details: { folder, reason: code === 'EEXIST' ? message('program.fileNotFolder') : reasonMessage(error) },
      cause: error,
    });
  }
}

/**
 * Whether something belongs to this user, or why not. Always null on Windows, where there are neither owners nor modes to look
 * at: %APPDATA% is closed to others by its access list, and a folder named by --data is as its owner made it.
 */
export function ownerObjection(info: Stats): Message | null {
  return process.geteuid === undefined || info.uid === process.geteuid()
    ? null
    : message('program.otherOwner', { uid: info.uid });
}

/** Whether something belongs to this user and is closed to all others, or why not. Always null on Windows. */
export function privacyObjection(info: Stats): Message | null {
  if (process.geteuid === undefined) return null;
  return ownerObjection(info) ?? ((info.mode & 0o077) === 0 ? null : message('program.othersMayLook'));
}

/**
 * Makes the data folder where it is not there, and sees to it that only its owner can look into it: one of ours that others may
 * read is narrowed to 0700, one that belongs to somebody else, or into which anybody may have put something, is refused.
 * A link is followed. Errors: DATA_FOLDER_UNSAFE, DATA_FOLDER_UNUSABLE.
 */
export async function prepareDataFolder(folder: string): Promise<void> {
  await inDataFolder(folder, async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const unsafe = (reason: Message): AppError => new AppError('DATA_FOLDER_UNSAFE', { details: { folder, reason } });
    const found = await stat(folder);
    const foreign = ownerObjection(found);
    if (foreign !== null) throw unsafe(foreign);
    if (privacyObjection(found) === null) return;
    if ((found.mode & 0o002) !== 0) throw unsafe(message('program.everybodyMayWrite'));
    await chmod(folder, 0o700);
    // a file system without modes says yes and does nothing
    if (privacyObjection(await stat(folder)) !== null) throw unsafe(message('program.staysOpen'));
  });
}

/**
 * From here on every file of this process, its workers and its children is its owner's alone, whoever makes it: the database with
 * its -wal and -shm, templates, copies, keys. What is meant for others (a template that is published) says its mode itself.
 */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}
