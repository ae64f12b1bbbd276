/** Options that cannot stand together: what the request still holds of them, and what the person's choice took away from the template. */
import { clashesOf, replacedOptions } from '../../../shared/domain/request/exclusiveOptions.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import { optionLabel } from '../../../shared/domain/request/options.ts';
import type { SlurmRequest } from '../../../shared/domain/request/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';

const code = ERRORS.REQUEST_INVALID.code;

/** Of the request as it would be sent: an error where sbatch refuses it, with the click that takes one of the two away. */
export function excludedOptions(asked: SlurmRequest): Problem[] {
  return clashesOf(asked).map(({ key, message, refused }) =>
    problem({
      rule: 'option-excluded',
      code,
      severity: refused ? 'error' : 'warning',
      field: `resources.${key}`,
      message,
      fix: { label: `Leave out ${optionLabel(key)}`, field: `resources.${key}`, value: '' },
    }),
  );
}

/** So that nobody looks for the template's value: it is told where it would have stood. */
export function replacedByChoice(template: SlurmRequest, chosen: SlurmRequest): Problem[] {
  return [...replacedOptions(template, chosen)].map(([key, { by, left }]) =>
    problem({
      rule: 'option-replaced',
      code,
      severity: 'info',
      field: `resources.${key}`,
      message: `The template’s ${optionLabel(key)} (${String(template[key])}) is ${left === '' ? 'not asked for' : `only ${left}`}: ${optionLabel(by)} takes its place.`,
    }),
  );
}
