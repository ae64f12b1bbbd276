import type { z } from 'zod';

/** One operation: what it takes, what it answers, and a sentence for the API page and `slipway call --list`. */
export interface Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly summary: string;
  readonly input: I;
  readonly output: O;
}

export function operation<I extends z.ZodType, O extends z.ZodType>(
  summary: string,
  input: I,
  output: O,
): Operation<I, O> {
  return { summary, input, output };
}
