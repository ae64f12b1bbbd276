import { CodedError, told, type ErrorCase } from '../../shared/errors/codedError.ts';
import { PAGE_ERRORS } from '../../shared/errors/pageCodes.ts';

/** An error that the page finds by itself. */
export function pageError(name: keyof typeof PAGE_ERRORS, options: ErrorCase = {}): CodedError {
  return new CodedError(told(name, PAGE_ERRORS[name], options), options.cause);
}
