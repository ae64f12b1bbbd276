import path from 'node:path';
import { AppError } from '../../shared/errors/appError.ts';
import { quote } from '../../shared/lib/quote.ts';
import { message } from '../../shared/messages/message.ts';
import type { StoreCopy } from '../store/copies.ts';
import { storeFailure } from '../store/database.ts';
import { inspectDatabase } from '../store/inspect.ts';
import { lockFolder } from '../store/lock.ts';
import { newestGoodCopy, recoverDatabase, type Recovery, type RecoveryChoice } from '../store/recover.ts';
import { describeOwner } from './controlAddress.ts';
import { defaultDataFolder } from './appFolders.ts';
import { keepFilesPrivate, prepareDataFolder } from './dataFolder.ts';

type BindingOption = { readonly nativeBinding?: string | undefined };

/** The store's database in a data folder. */
export const databaseFile = (dataFolder: string): string => path.join(dataFolder, 'slipway.db');

/** The newest copy that could be restored, or null. */
export function restorableCopy(dataFolder: string, options: BindingOption = {}): StoreCopy | null {
  return newestGoodCopy(databaseFile(dataFolder), options);
}

/** A moment as people read it, in their own time zone. */
export function dateOf(at: number): string {
  return new Date(at).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'short' });
}

/** STORE_DAMAGED with the commands of this very data folder and the date of the copy there is; anything else as it is. */
export function withWayOut(error: unknown, dataFolder: string, options: BindingOption = {}): unknown {
  if (!AppError.is(error, 'STORE_DAMAGED')) return error;
  const copy = restorableCopy(dataFolder, options);
  const command = dataFolder === defaultDataFolder() ? 'slipway doctor' : `slipway --data ${quote(dataFolder)} doctor`;
  const hint =
    copy === null
      ? message('store.goOnFresh', { command })
      : message('store.goOnWithCopy', { command, date: dateOf(copy.at) });
  return new AppError('STORE_DAMAGED', {
    details: { ...error.details, copyAt: copy?.at ?? null },
    hint,
    cause: error.cause,
  });
}

/**
 * Goes on from a damaged database as the person chose; nothing is deleted. Null, and nothing is done, when the database is whole.
 * Errors: DATA_FOLDER_TAKEN while a program runs on it, DATA_FOLDER_UNSAFE, DATA_FOLDER_UNUSABLE, STORE_COPY_MISSING,
 * STORE_UNAVAILABLE when the disk refuses.
 */
export async function recoverStore(
  dataFolder: string,
  choice: RecoveryChoice,
  options: BindingOption = {},
): Promise<Recovery | null> {
  keepFilesPrivate();
  await prepareDataFolder(dataFolder);
  const lock = lockFolder(dataFolder, options);
  if (lock === null)
    throw new AppError('DATA_FOLDER_TAKEN', {
      details: { folder: dataFolder, owner: await describeOwner(dataFolder) },
    });
  const file = databaseFile(dataFolder);
  try {
    return inspectDatabase(file, options) === null ? null : recoverDatabase(file, choice, Date.now(), options);
  } catch (error) {
    throw AppError.is(error) ? error : storeFailure(file, error);
  } finally {
    await lock.dispose();
  }
}
