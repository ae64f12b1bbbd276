import { plain } from '../lib/plain.ts';
import type { ErrorName } from './codes.ts';
import type { ErrorEntry } from './pageCodes.ts';

export type ErrorDetails = Record<string, unknown>;

/** An error as it crosses a process or network boundary. Only this form does: nothing relies on a thrown Error surviving. */
export interface WireError extends ErrorEntry {
  readonly name: string;
  readonly details: ErrorDetails;
  readonly requestId: string | null;
}

/** What a case adds to its entry: what fills the placeholders, a better next step, what was thrown before, whose request it was. */
export interface ErrorCase {
  details?: ErrorDetails;
  hint?: string;
  cause?: unknown;
  requestId?: string;
}

/** `{name}` placeholders from the details; an unknown one is left out so that a sentence never shows braces. */
function fill(sentence: string, details: ErrorDetails): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = details[key];
    // a server's word in it must not reorder the sentence
    return typeof value === 'string' || typeof value === 'number' ? plain(String(value)) : '…';
  });
}

/** What an entry says of a case, its sentences filled in. */
export function told(
  name: ErrorName,
  entry: ErrorEntry,
  { details = {}, hint, requestId = null }: Omit<ErrorCase, 'requestId'> & { requestId?: string | null },
): WireError {
  return {
    name,
    code: entry.code,
    message: fill(entry.message, details),
    hint: hint ?? fill(entry.hint, details),
    retry: entry.retry,
    details,
    requestId,
  };
}

/**
 * A failure with a code, a sentence a researcher understands and a next step, as somebody told it. The page knows errors by this class
 * alone, since the catalogue is no part of what it loads first; a name that only a newer program has is kept.
 */
export class CodedError extends Error {
  override readonly name: ErrorName;
  readonly code: number;
  readonly hint: string;
  readonly retry: boolean;
  readonly details: ErrorDetails;
  requestId: string | null;

  constructor(wire: WireError, cause?: unknown) {
    super(wire.message, cause === undefined ? undefined : { cause });
    this.name = wire.name as ErrorName;
    this.code = wire.code;
    this.hint = wire.hint;
    this.retry = wire.retry;
    this.details = wire.details;
    this.requestId = wire.requestId;
  }

  /** True when `error` is one of these names; with none given, any error that has a code. */
  static is(error: unknown, ...names: ErrorName[]): error is CodedError {
    return error instanceof CodedError && (names.length === 0 || names.includes(error.name));
  }
}

/** The message of anything thrown, for an error's `reason`. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : String(error);
}
