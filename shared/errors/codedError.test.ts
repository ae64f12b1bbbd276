import { describe, expect, it } from 'vitest';
import { AppError, toWire } from './appError.ts';
import { CodedError } from './codedError.ts';

describe('an error as the page knows it', () => {
  it('says what the core said', () => {
    const error = new AppError('CONNECT_FAILED', { details: { host: 'hpc', reason: 'refused' }, requestId: 'r1' });
    const heard = new CodedError(toWire(error));
    expect(CodedError.is(heard, 'CONNECT_FAILED')).toBe(true);
    expect(CodedError.is(heard, 'AUTH_FAILED')).toBe(false);
    const { name, code, message, hint, retry, details, requestId } = error;
    expect(heard).toMatchObject({ name, code, message, hint, retry, details, requestId });
  });

  it('keeps number and words of an error that only a newer program has', () => {
    const heard = new CodedError({
      name: 'BRAND_NEW',
      code: 4999,
      message: 'New.',
      hint: 'Next.',
      retry: true,
      details: {},
      requestId: null,
    });
    expect(heard).toMatchObject({ name: 'BRAND_NEW', code: 4999, message: 'New.', hint: 'Next.', retry: true });
  });
});

describe('an error of the catalogue', () => {
  it('is known by its code, and by being one', () => {
    const error: unknown = new AppError('CANCELLED', { cause: 'why' });
    expect([
      CodedError.is(error, 'CANCELLED'),
      AppError.is(error, 'CANCELLED'),
      AppError.is(new CodedError(toWire(error))),
    ]).toEqual([true, true, false]);
    expect(error).toMatchObject({ message: 'Cancelled.', cause: 'why' });
  });
});
