/** Options that cannot stand together: what the request still holds of them, and what the person's choice took away from the template. */
import { message } from '../../../shared/messages/message.ts';
import { clashesOf, replacedOptions } from '../../../shared/domain/request/exclusiveOptions.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import { optionName } from '../../../shared/domain/request/options.ts';
import type { SlurmRequest } from '../../../shared/domain/request/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';

const code = ERRORS.REQUEST_INVALID.code;

/** Of the request as it would be sent: an error where sbatch refuses it, with the click that takes one of the two away. */
export function excludedOptions(asked: SlurmRequest): Problem[] {
  return clashesOf(asked).map(({ key, message: what, refused }) =>
    problem({
      rule: 'option-excluded',
      code,
      severity: refused ? 'error' : 'warning',
      field: `resources.${key}`,
      message: what,
      fix: { label: message('options.leaveOut', { option: optionName(key) }), field: `resources.${key}`, value: '' },
    }),
  );
}

/** So that nobody looks for the template's value: it is told where it would have stood. */
export function replacedByChoice(template: SlurmRequest, chosen: SlurmRequest): Problem[] {
  return [...replacedOptions(template, chosen)].map(([key, { by, left }]) => {
    const values = { option: optionName(key), value: String(template[key]), by: optionName(by) };
    return problem({
      rule: 'option-replaced',
      code,
      severity: 'info',
      field: `resources.${key}`,
      message:
        left === '' ? message('options.notAskedFor', values) : message('options.onlyPartAskedFor', { ...values, left }),
    });
  });
}
