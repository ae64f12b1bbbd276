import { ERRORS } from '../../errors/codes.ts';
import type { Message } from '../../messages/message.ts';
import type { Problem } from '../problem/schema.ts';
import { problem } from '../problem/defaults.ts';

/** A problem of one resource of a request. `option` is the name in the request: `time`, `cpus_per_task`. */
export function found(
  severity: Problem['severity'],
  rule: string,
  option: string,
  message: Message,
  extra: Partial<Problem> = {},
): Problem {
  return problem({
    rule,
    code: ERRORS.REQUEST_INVALID.code,
    severity,
    message,
    field: `resources.${option}`,
    ...extra,
  });
}
