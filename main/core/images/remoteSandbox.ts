import { AppError } from '../../../shared/errors/appError.ts';
import type { ImageFolder } from '../../sif/index.ts';
import type { RemoteFiles } from '../ports.ts';

/** Entries of one folder of an unpacked image that are looked at: those that matter have some tens. */
const MOST_ENTRIES = 2000;

/** An unpacked image on a cluster, for the reader. */
export function remoteSandbox(
  files: Pick<RemoteFiles, 'list' | 'read'>,
  root: string,
  signal: AbortSignal,
): ImageFolder {
  return {
    list: async (path) => {
      const entries = await orNull(files.list(`${root}${path}`, { limit: MOST_ENTRIES, signal }));
      return (
        entries?.map(({ name, kind }) => ({ name, kind: kind === 'file' || kind === 'folder' ? kind : 'other' })) ??
        null
      );
    },
    read: async (path, most) => {
      const bytes = await orNull(files.read(`${root}${path}`, 0, most + 1, { signal }));
      return bytes === null ? null : { bytes: bytes.subarray(0, most), cut: bytes.length > most };
    },
  };
}

/** What is not there is nothing; what may not be read is an error. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (AppError.is(error, 'REMOTE_PATH_MISSING')) return null;
    throw error;
  }
}
