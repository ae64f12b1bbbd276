import { AppError, reasonOf } from '../../shared/errors/appError.ts';
import { formatBytes } from '../../shared/lib/bytes.ts';
import { reasonMessage } from '../../shared/errors/reasonMessage.ts';
import { message, type Message } from '../../shared/messages/message.ts';
import type { AnswerBound } from '../core/ports.ts';

/** What node's network errors mean to a person. */
const NETWORK_REASONS: Record<string, Message> = {
  ENOTFOUND: message('connection.ENOTFOUND'),
  EAI_AGAIN: message('connection.EAI_AGAIN'),
  ECONNREFUSED: message('connection.ECONNREFUSED'),
  ECONNRESET: message('connection.ECONNRESET'),
  EPIPE: message('connection.ECONNRESET'),
  EHOSTUNREACH: message('connection.EHOSTUNREACH'),
  ENETUNREACH: message('connection.EHOSTUNREACH'),
  ETIMEDOUT: message('connection.ETIMEDOUT'),
  EACCES: message('connection.EACCES'),
};

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}

/** The cause of a network failure. */
export function networkReason(error: unknown): Message {
  // several addresses were tried and each failed: the first says most
  if (error instanceof AggregateError && error.errors.length > 0) return networkReason(error.errors[0]);
  const code = codeOf(error);
  return (typeof code === 'string' ? NETWORK_REASONS[code] : undefined) ?? reasonMessage(error);
}

/** Whole seconds of a limit, for a sentence. */
export function secondsOf(ms: number): number {
  return Math.max(1, Math.round(ms / 1000));
}

export function connectFailed(host: string, reason: Message, cause?: unknown): AppError {
  return new AppError('CONNECT_FAILED', { details: { host, reason }, cause });
}

const BUSY = message('connection.busy');
/** What sshd says when too many are at its door (MaxStartups, PerSourcePenalties), before it closes it. */
const SENT_AWAY = /^(Exceeded MaxStartups|Not allowed at this time)/m;

/** The connection broke off instead of being closed: TCP may have thrown away what the other side said last. */
export function brokeOff(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ECONNRESET' || code === 'EPIPE';
}

/** For a server that closed its door before it said who it is; null when what it said is another matter. Error: CONNECT_FAILED. */
export function turnedAway(host: string, said: string, cause: unknown): AppError | null {
  if (said === '') return connectFailed(host, message('connection.closedAtOnce'), cause);
  return SENT_AWAY.test(said) ? connectFailed(host, BUSY, cause) : null;
}

export function connectionLost(host: string, reason: Message): AppError {
  return new AppError('CONNECTION_LOST', { details: { host, reason } });
}

export function remoteTimeout(host: string, ms: number): AppError {
  return new AppError('REMOTE_TIMEOUT', { details: { host, seconds: secondsOf(ms) } });
}

export function remoteGarbage(host: string, reason: Message, details: Record<string, unknown> = {}): AppError {
  return new AppError('REMOTE_GARBAGE', { details: { ...details, host, reason } });
}

export function answerTooLarge(host: string, { command, maxBytes }: AnswerBound): AppError {
  return new AppError('ANSWER_TOO_LARGE', { details: { host, command, limit: formatBytes(maxBytes) } });
}

/** True for what ssh2 reports when the server declines to open a channel. Source: RFC 4254, 5.1. */
export function isChannelRefusal(error: unknown): boolean {
  return error instanceof Error && 'reason' in error;
}

/** SFTP status codes that we tell apart. Source: draft-ietf-secsh-filexfer-02, 7. */
export const SFTP_STATUS = { eof: 1, noSuchFile: 2, permissionDenied: 3, failure: 4 } as const;

export function hasSftpStatus(error: unknown, status: keyof typeof SFTP_STATUS): boolean {
  return codeOf(error) === SFTP_STATUS[status];
}

/** The server's own words, with what they usually mean where they say nothing: SFTP has no code for a full disk. */
export function sftpReason(error: unknown): Message {
  return hasSftpStatus(error, 'failure') && reasonOf(error) === 'Failure'
    ? message('remoteFiles.onlyFailure')
    : reasonMessage(error);
}

/** The error of a file operation that the server declined. An AppError stays what it is. */
export function fileError(path: string, error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (hasSftpStatus(error, 'noSuchFile'))
    return new AppError('REMOTE_PATH_MISSING', { details: { path }, cause: error });
  return new AppError('REMOTE_FILE_DENIED', { details: { path, reason: sftpReason(error) }, cause: error });
}
