import { english } from '../messages/catalogue.ts';
import { verbatim } from '../messages/message.ts';
import { CodedError, reasonOf, wireOf, type ErrorCase, type WireError } from './codedError.ts';
import { ERRORS, type ErrorName } from './codes.ts';

export { reasonOf, type ErrorDetails, type WireError } from './codedError.ts';

/**
 * An error of the catalogue. `details` fills the placeholders of its sentences and travels with it; it must never hold a secret. A reason
 * of ours among the details is a message, so that it is said in the language of the sentence around it; the words of others are `quoted`.
 */
export class AppError extends CodedError {
  constructor(name: ErrorName, options: ErrorCase = {}) {
    super(wireOf(name, ERRORS[name], options, english), options.cause);
  }

  /** True when `error` is an AppError of one of these names. */
  static override is(error: unknown, ...names: ErrorName[]): error is AppError {
    return error instanceof AppError && CodedError.is(error, ...names);
  }
}

/** The wire form of anything thrown. A bug (not an AppError) becomes 9999 with nothing of its inner text but its message. */
export function toWire(error: unknown, requestId: string | null = null): WireError {
  const known =
    error instanceof AppError
      ? error
      : new AppError('INTERNAL', { details: { reason: reasonOf(error) }, cause: error });
  return {
    name: known.name,
    code: known.code,
    message: known.message,
    hint: known.hint,
    ownHint: known.ownHint,
    retry: known.retry,
    details: known.details,
    requestId: known.requestId ?? requestId,
  };
}

/** The AppError of a wire form, for code that wants to throw it again. An unknown name is kept as 9999 with the original text. */
export function fromWire(wire: WireError): AppError {
  const name: ErrorName = wire.name in ERRORS ? (wire.name as ErrorName) : 'INTERNAL';
  const error = new AppError(name, {
    details: wire.details,
    // a record of before there were messages has its next step in English only
    hint: wire.ownHint === undefined ? verbatim(wire.hint) : wire.ownHint,
    ...(wire.requestId === null ? {} : { requestId: wire.requestId }),
  });
  error.message = wire.message;
  return error;
}

/** An error as a record keeps it: its wire form without whose request it was. */
export function recordOf(error: unknown): Omit<WireError, 'requestId'> {
  const { code, name, message, hint, ownHint, retry, details } = toWire(error);
  return { code, name, message, hint, ownHint, retry, details };
}
