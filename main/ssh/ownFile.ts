import { readBounded } from '../disk/readBounded.ts';
import { message } from '../../shared/messages/message.ts';
import { ReasonError } from '../../shared/errors/reasonMessage.ts';

/** A private key is some thousand bytes, a public one or a certificate a line of them. */
export const MAX_KEY_BYTES = 64 * 1024;
/** The largest that sites hand out have tens of thousands of lines. */
export const MAX_KNOWN_HOSTS_BYTES = 16 * 1024 ** 2;

/**
 * The text of a file that the person's settings name. Rejects in plain words for what is not an ordinary file or is larger than
 * `maxBytes`, and with what the disk says.
 */
export async function ownFile(file: string, maxBytes: number, encoding: 'utf8' | 'latin1' = 'utf8'): Promise<string> {
  const { bytes, truncated, isFile } = await readBounded(file, maxBytes);
  if (!isFile) throw new ReasonError(message('system.notAFile'));
  if (truncated) throw new ReasonError(message('keys.tooLarge'));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString(encoding);
}
