import { AppError } from '../errors/appError.ts';
import { message } from '../messages/message.ts';

const SAFE = /^[A-Za-z0-9_@%+=:,./-]+$/;

/**
 * One POSIX shell word that means exactly `value`, in sh, bash, dash, zsh and (on one line) csh-free `/bin/sh -s`.
 * The only place in Slipway where text from a person becomes part of a command.
 * Throws 2003 for a NUL byte, which no shell word can hold.
 */
export function quote(value: string): string {
  if (value.includes('\0')) throw new AppError('FILE_NAME_REFUSED', { details: { reason: message('system.nul') } });
  if (value !== '' && SAFE.test(value)) return value;
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** A command line from an argument list, each quoted. */
export function quoteAll(argv: readonly string[]): string {
  return argv.map(quote).join(' ');
}
