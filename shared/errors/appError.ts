import { plain } from '../lib/plain.ts';
import { ERRORS, type ErrorName } from './codes.ts';

export type ErrorDetails = Record<string, unknown>;

/** An error as it crosses a process or network boundary. Only this form does: nothing relies on a thrown Error surviving. */
export interface WireError {
  readonly name: string;
  readonly code: number;
  readonly message: string;
  readonly hint: string;
  readonly retry: boolean;
  readonly details: ErrorDetails;
  readonly requestId: string | null;
}

/** `{name}` placeholders from the details; an unknown one is left out so that a sentence never shows braces. */
function fill(sentence: string, details: ErrorDetails): string {
  return sentence.replaceAll(/\{(\w+)\}/g, (_, key: string) => {
    const value = details[key];
    // a server's word in it must not reorder the sentence
    return typeof value === 'string' || typeof value === 'number' ? plain(String(value)) : '…';
  });
}

/**
 * A failure with a code, a sentence a researcher understands and a next step. `details` fills the sentence's placeholders
 * and travels with it; it must never hold a secret.
 */
export class AppError extends Error {
  override readonly name: ErrorName;
  readonly code: number;
  readonly hint: string;
  readonly retry: boolean;
  readonly details: ErrorDetails;
  requestId: string | null;

  constructor(name: ErrorName, options: { details?: ErrorDetails; hint?: string; cause?: unknown; requestId?: string } = {}) {
    const entry = ERRORS[name];
    const details = options.details ?? {};
    super(fill(entry.message, details), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = name;
    this.code = entry.code;
    this.hint = options.hint ?? fill(entry.hint, details);
    this.retry = entry.retry;
    this.details = details;
    this.requestId = options.requestId ?? null;
  }

  /** True when `error` is an AppError of one of these names. */
  static is(error: unknown, ...names: ErrorName[]): error is AppError {
    return error instanceof AppError && (names.length === 0 || names.includes(error.name));
  }
}

/** The wire form of anything thrown. A bug (not an AppError) becomes 9999 with nothing of its inner text but its message. */
export function toWire(error: unknown, requestId: string | null = null): WireError {
  const known = error instanceof AppError ? error : new AppError('INTERNAL', { details: { reason: reasonOf(error) }, cause: error });
  return {
    name: known.name,
    code: known.code,
    message: known.message,
    hint: known.hint,
    retry: known.retry,
    details: known.details,
    requestId: known.requestId ?? requestId,
  };
}

/** The AppError of a wire form, for code that wants to throw it again. An unknown name is kept as 9999 with the original text. */
export function fromWire(wire: WireError): AppError {
  const name: ErrorName = wire.name in ERRORS ? (wire.name as ErrorName) : 'INTERNAL';
  const error = new AppError(name, { details: wire.details, hint: wire.hint, ...(wire.requestId === null ? {} : { requestId: wire.requestId }) });
  error.message = wire.message;
  return error;
}

/** The message of anything thrown, for an error's `reason`. */
export function reasonOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  return typeof error === 'string' ? error : String(error);
}
