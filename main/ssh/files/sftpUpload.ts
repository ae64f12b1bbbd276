import type { Lease } from '../channels/channelQueue.ts';
import { within } from '../limits.ts';
import { uploadFailed, type LocalSource } from './localSource.ts';
import type { SftpChannel } from '../channels/sftpChannel.ts';

/** Bytes on the way at once. A server's channel window is about 2 MiB; the rest waits in memory, ready to go. */
const WINDOW_BYTES = 4 * 1024 ** 2;
/** When someone waits for the channel's place, it is given up after this many milliseconds of sending, and asked for again. */
const SHORTEST_LEG_MS = 1000;

/** Sends from where the source stands until its end, or until the channel's place is wanted by another. */
export async function sendLeg(
  sftp: SftpChannel,
  lease: Lease<SftpChannel>,
  remotePath: string,
  source: LocalSource,
  signal: AbortSignal,
  arrived: (bytes: number) => void,
): Promise<void> {
  const handle = await sftp.open(remotePath, source.position === 0 ? 'create' : 'update');
  const startedAt = performance.now();
  const enough = (): boolean => lease.wanted && performance.now() - startedAt > SHORTEST_LEG_MS;
  try {
    await within({ signals: [signal] }, (ended) => send(sftp, handle, source, ended, enough, arrived));
  } finally {
    const closed = sftp.closeHandle(handle);
    // given up: nobody waits until what is on the way has arrived; the server takes requests in turn
    if (signal.aborted) closed.catch(() => undefined);
    else await closed;
  }
}

/** Several requests are on the way at once. */
async function send(
  sftp: SftpChannel,
  handle: Buffer,
  source: LocalSource,
  signal: AbortSignal,
  enough: () => boolean,
  arrived: (bytes: number) => void,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(sftp.chunkBytes);
  const window = Math.max(2, Math.floor(WINDOW_BYTES / buffer.length));
  const writes: Promise<void>[] = Array.from({ length: window }, () => Promise.resolve());
  for (let turn = 0; source.position < source.bytes && !enough(); turn = (turn + 1) % window) {
    await writes[turn];
    const at = source.position;
    const piece = await source.take(buffer);
    signal.throwIfAborted();
    // the request holds a copy, so that the buffer is free again
    const write = sftp.write(handle, piece, at).then(() => {
      arrived(piece.length);
    });
    // awaited at its next turn, or below; a failure in between must not count as unhandled
    write.catch(() => undefined);
    writes[turn] = write;
  }
  await Promise.all(writes);
}

/** Compares the size, sets the permissions and puts the file in its place. */
export async function finishPart(
  sftp: SftpChannel,
  part: string,
  remotePath: string,
  source: LocalSource,
  mode: number,
): Promise<void> {
  const handle = await sftp.open(part, 'update');
  try {
    const { size } = await sftp.fstat(handle);
    if (size !== source.bytes)
      throw uploadFailed(source.name, `${String(size)} of ${String(source.bytes)} bytes arrived`);
    await sftp.setMode(handle, mode);
  } finally {
    await sftp.closeHandle(handle);
  }
  await sftp.renameOver(part, remotePath);
}
