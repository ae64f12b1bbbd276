/** Apart from the schema, so that the page can check a form without the schema library. */
import type { Problem } from './schema.ts';

/** A problem with what was not given filled in. */
export function problem(input: Partial<Problem> & Pick<Problem, 'rule' | 'code' | 'severity' | 'message'>): Problem {
  return { hint: null, field: null, file: null, line: null, column: null, fix: null, ...input };
}
