import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

/** Does not wait for who would write to a pipe. Windows has no such pipes among its files, and no such flag: there it is undefined, and so 0. */
export const READ = constants.O_RDONLY | constants.O_NONBLOCK;

/** Before anything came: it grows with what is there, since a size that is told need not be true. Bytes. */
const FIRST = 64 * 1024;

/**
 * The beginning of a regular file, at most `maxBytes`, whatever the file becomes while it is read; `truncated`: there is more. A pipe or
 * device that has taken the file's place is not waited for: it has no content here. Rejects with what the disk says.
 */
export async function readBounded(
  localPath: string,
  maxBytes: number,
): Promise<{ bytes: Uint8Array; truncated: boolean; isFile: boolean }> {
  const file = await open(localPath, READ);
  try {
    const found = await file.stat();
    if (!found.isFile()) return { bytes: new Uint8Array(0), truncated: false, isFile: false };
    let buffer = new Uint8Array(Math.min(maxBytes, Math.max(found.size, FIRST)) + 1);
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length > maxBytes) break;
      if (length < buffer.length) continue;
      const larger = new Uint8Array(Math.min(maxBytes + 1, buffer.length * 2));
      larger.set(buffer);
      buffer = larger;
    }
    return { bytes: buffer.subarray(0, Math.min(length, maxBytes)), truncated: length > maxBytes, isFile: true };
  } finally {
    await file.close();
  }
}
