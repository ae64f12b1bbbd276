import { CodedError, reasonOf, wireOf, type ErrorCase } from '../../shared/errors/codedError.ts';
import { PAGE_ERRORS } from '../../shared/errors/pageCodes.ts';
import { PAGE_MESSAGES, sayError } from '../i18n/index.ts';

/** An error that the page finds by itself. */
export function pageError(name: keyof typeof PAGE_ERRORS, options: ErrorCase = {}): CodedError {
  return new CodedError(wireOf(name, PAGE_ERRORS[name], options, PAGE_MESSAGES), options.cause);
}

/** Anything thrown, as the error a notice can show; a bug (an error without a code) is 9999 with its message among the details. */
export function appErrorOf(error: unknown): CodedError {
  return CodedError.is(error) ? error : pageError('INTERNAL', { details: { reason: reasonOf(error) }, cause: error });
}

/** What anything thrown says, in the language of the window. */
export function errorText(error: unknown): string {
  return sayError(appErrorOf(error)).message;
}
