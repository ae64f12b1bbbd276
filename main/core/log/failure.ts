import { AppError, toWire } from '../../../shared/errors/appError.ts';
import { ERRORS, type ErrorName } from '../../../shared/errors/codes.ts';

/** What a log line of a failure says of it. `error_code` stands in every such line, under this name, so that a site's tools can count by it. */
export interface FailureDetails extends Record<string, unknown> {
  /** A code of `shared/errors/codes.ts`; 9999 for a bug. */
  readonly error_code: number;
  /** The code's name. */
  readonly error: string;
  readonly message: string;
  /** Of a bug alone: an expected failure is explained by its code. */
  readonly stack?: string;
}

/**
 * The details of a failure for the log. `expected` is the code of what is no AppError: an error of the operating system where one
 * was to be expected. Without it that is a bug, and its stack is kept.
 */
export function failureDetails(error: unknown, expected?: ErrorName): FailureDetails {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof AppError) && expected !== undefined)
    return { error_code: ERRORS[expected].code, error: expected, message };
  const { code, name } = toWire(error);
  const stack = error instanceof AppError || !(error instanceof Error) ? undefined : error.stack;
  return { error_code: code, error: name, message, ...(stack === undefined ? {} : { stack }) };
}
