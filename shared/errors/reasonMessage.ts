import { plain } from '../lib/plain.ts';
import { inWords } from '../messages/catalogue.ts';
import { message, quoted, type Message } from '../messages/message.ts';
import { CodedError, errorMessages, reasonOf } from './codedError.ts';

/** A failure within the program whose reason is a message; whoever meets it makes an AppError of it. */
export class ReasonError extends Error {
  readonly reason: Message;

  constructor(reason: Message) {
    super(inWords(reason));
    this.reason = reason;
  }
}

/** What the operating system refuses, by its errno. Source: errno(3). */
const BY_ERRNO: Readonly<Record<string, Message>> = {
  EACCES: message('system.EACCES'),
  EPERM: message('system.EPERM'),
  EROFS: message('system.EROFS'),
  ENOSPC: message('system.ENOSPC'),
  EDQUOT: message('system.EDQUOT'),
  ENOENT: message('system.ENOENT'),
  ENOTDIR: message('system.ENOTDIR'),
  EISDIR: message('system.EISDIR'),
  EEXIST: message('system.EEXIST'),
  EBUSY: message('system.EBUSY'),
  EIO: message('system.EIO'),
  EMFILE: message('system.EMFILE'),
  ELOOP: message('system.ELOOP'),
  ENAMETOOLONG: message('system.ENAMETOOLONG'),
};

/**
 * Anything thrown, as the reason of an error: what an error of ours says, a refusal of the operating system in our words, and everything
 * else in its own, quoted. Its words may come from a server and are made harmless when they are said (`plain`).
 */
export function reasonMessage(error: unknown): Message {
  if (error instanceof CodedError) return errorMessages(error).message;
  if (error instanceof ReasonError) return error.reason;
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const known = typeof code === 'string' && Object.hasOwn(BY_ERRNO, code) ? BY_ERRNO[code] : undefined;
  return known ?? quoted(plain(reasonOf(error)).trim());
}
