import { mkdir, open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { RemoteFiles } from '../../ports.ts';

/** Bytes that are held of a file at any time. */
const CHUNK = 256 * 1024;

/**
 * Copies a file of a cluster to `local` in pieces, whole or not at all. `same`: it was there like this already. `changing`: it is not of the
 * size that was told, so no more than that many bytes and one are ever read, whatever the server sends; the file here stays as it is.
 * Rejects with what the disk or the cluster says, and the signal's reason.
 */
export async function copyRemoteFile(
  files: RemoteFiles,
  remote: string,
  size: number,
  local: string,
  signal: AbortSignal,
): Promise<'written' | 'same' | 'changing'> {
  await mkdir(path.dirname(local), { recursive: true });
  const there = await stat(local).catch(() => null);
  // a folder that has become a file
  if (there?.isDirectory() === true) await rm(local, { recursive: true });
  const before = there?.isFile() === true && there.size === size ? await open(local, 'r') : null;
  // a name that no library reads
  const partial = path.join(path.dirname(local), `.${path.basename(local).slice(0, 100)}.${String(process.pid)}.part`);
  let target: FileHandle | null = null;
  let outcome: 'written' | 'same' | 'changing' = 'changing';
  try {
    target = await open(partial, 'w', 0o644);
    let same = before !== null;
    let read = 0;
    for (;;) {
      signal.throwIfAborted();
      const asked = Math.min(CHUNK, size + 1 - read);
      const piece = await files.read(remote, read, asked, { signal });
      if (read + piece.length > size) return outcome;
      if (same && piece.length > 0 && before !== null) same = await equals(before, read, piece);
      await target.writeFile(piece);
      read += piece.length;
      if (piece.length === 0 || (piece.length < asked && read === size)) break;
    }
    if (read === size) outcome = same ? 'same' : 'written';
    if (outcome === 'written') {
      await target.sync();
      await target.close();
      target = null;
      await rename(partial, local);
    }
    return outcome;
  } finally {
    await target?.close();
    await before?.close();
    if (outcome !== 'written') await rm(partial, { force: true });
  }
}

async function equals(file: FileHandle, at: number, piece: Uint8Array): Promise<boolean> {
  const mine = Buffer.alloc(piece.length);
  const { bytesRead } = await file.read(mine, 0, mine.length, at);
  return bytesRead === piece.length && mine.equals(piece);
}
