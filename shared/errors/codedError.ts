import { sayable, type Message } from '../messages/message.ts';
import { MISSING, type Phrasebook } from '../messages/phrasebook.ts';
import type { ErrorName } from './codes.ts';
import type { ErrorEntry } from './pageCodes.ts';

export type ErrorDetails = Record<string, unknown>;

/**
 * An error as it crosses a process or network boundary. Only this form does: nothing relies on a thrown Error surviving. `message` and
 * `hint` are in English, for programs; whoever shows it to a person says it anew from `name`, `details` and `ownHint` (`errorMessages`).
 */
export interface WireError extends ErrorEntry {
  readonly name: string;
  readonly message: string;
  readonly hint: string;
  /** The next step of this case, where it is not the one of its kind. Missing in what was stored before there were messages. */
  readonly ownHint?: Message | null | undefined;
  readonly details: ErrorDetails;
  readonly requestId: string | null;
}

/** What a case adds to its entry: what fills the placeholders, a better next step, what was thrown before, whose request it was. */
export interface ErrorCase {
  details?: ErrorDetails;
  hint?: Message | null;
  cause?: unknown;
  requestId?: string;
}

/** What an error says, and the next step: two messages of the catalogue. The details that are words, numbers or messages fill them. */
export function errorMessages(error: Pick<WireError, 'name' | 'details' | 'ownHint'>): {
  message: Message;
  hint: Message;
} {
  const name = error.name as ErrorName;
  const values: Record<string, string | number | Message> = {};
  for (const [key, detail] of Object.entries(error.details)) {
    const value = sayable(detail);
    if (value !== null) values[key] = value;
  }
  return { message: { id: `errors.${name}`, values }, hint: error.ownHint ?? { id: `errors.${name}.hint`, values } };
}

/** The wire form of a case, its English sentences from `english`. */
export function wireOf(
  name: ErrorName,
  entry: ErrorEntry,
  { details = {}, hint = null, requestId = null }: Omit<ErrorCase, 'requestId'> & { requestId?: string | null },
  english: Phrasebook,
): WireError {
  const told = errorMessages({ name, details, ownHint: hint });
  return {
    name,
    code: entry.code,
    message: english.say(told.message.id, told.message.values, MISSING),
    hint: english.say(told.hint.id, told.hint.values, MISSING),
    ownHint: hint,
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
  readonly ownHint: Message | null | undefined;
  readonly retry: boolean;
  readonly details: ErrorDetails;
  requestId: string | null;

  constructor(wire: WireError, cause?: unknown) {
    super(wire.message, cause === undefined ? undefined : { cause });
    this.name = wire.name as ErrorName;
    this.code = wire.code;
    this.hint = wire.hint;
    this.ownHint = wire.ownHint;
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
