import { AppError } from '../../../shared/errors/appError.ts';
import type { FilePiece } from '../../core/remoteFiles.ts';
import type { SftpChannel } from '../channels/sftpChannel.ts';
import { fileError } from '../errors.ts';
import { withHandle } from './sftpTransfers.ts';

/** READ requests of one file that are on the way at once. */
const READ_WINDOW = 16;
/** Files that are open at once: servers allow some hundreds. */
const OPEN_FILES = 64;

/** Fills a range with several requests at once; a server may answer with less than asked, and the rest is asked again. */
export async function readRange(
  sftp: SftpChannel,
  handle: Buffer,
  offset: number,
  length: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const target = Buffer.alloc(length);
  let end = length;
  const fill = async (from: number, to: number): Promise<void> => {
    let at = from;
    while (at < to && at < end) {
      const count = await sftp.read(handle, target.subarray(at, to), offset + at);
      if (count === 0) end = Math.min(end, at);
      at += count;
    }
  };
  const chunk = sftp.chunkBytes;
  for (let from = 0; from < end; from += chunk * READ_WINDOW) {
    signal.throwIfAborted();
    const starts = Array.from({ length: READ_WINDOW }, (_, index) => from + index * chunk).filter(
      (start) => start < length,
    );
    await Promise.all(starts.map((start) => fill(start, Math.min(start + chunk, length))));
  }
  return new Uint8Array(target.subarray(0, end));
}

/** Pieces of files, many open at once: each takes a round trip to open and one to read and close, whatever the others do. */
export async function readPieces(
  sftp: SftpChannel,
  pieces: readonly FilePiece[],
  signal: AbortSignal,
): Promise<(Uint8Array | null)[]> {
  const found = new Array<Uint8Array | null>(pieces.length).fill(null);
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < pieces.length; at = next++) {
      const piece = pieces[at];
      signal.throwIfAborted();
      if (piece !== undefined) found[at] = await readPiece(sftp, piece, signal);
    }
  };
  await Promise.all(Array.from({ length: Math.min(OPEN_FILES, pieces.length) }, work));
  return found;
}

async function readPiece(sftp: SftpChannel, piece: FilePiece, signal: AbortSignal): Promise<Uint8Array | null> {
  const { path, offset, length } = piece;
  try {
    const handle = await sftp.open(path, 'read');
    if (length > sftp.chunkBytes)
      return await withHandle(sftp, handle, signal, (ended) => readRange(sftp, handle, offset, length, ended));
    const bytes = Buffer.alloc(length);
    // answered in the order of asking: no need to wait in between
    const [read, closed] = await Promise.allSettled([sftp.read(handle, bytes, offset), sftp.closeHandle(handle)]);
    if (read.status === 'rejected') throw read.reason;
    if (closed.status === 'rejected') throw closed.reason;
    // a server may answer with less than is there
    if (read.value > 0 && read.value < length) return await rest(sftp, piece, bytes, read.value, signal);
    return new Uint8Array(bytes.subarray(0, read.value));
  } catch (error) {
    const told = fileError(path, error);
    if (AppError.is(told, 'REMOTE_PATH_MISSING', 'REMOTE_FILE_DENIED')) return null;
    throw error;
  }
}

/** What is behind an answer that was short: nothing where the file ends there. */
async function rest(
  sftp: SftpChannel,
  { path, offset, length }: FilePiece,
  bytes: Buffer,
  have: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const handle = await sftp.open(path, 'read');
  const more = await withHandle(sftp, handle, signal, (ended) =>
    readRange(sftp, handle, offset + have, length - have, ended),
  );
  bytes.set(more, have);
  return new Uint8Array(bytes.subarray(0, have + more.length));
}
