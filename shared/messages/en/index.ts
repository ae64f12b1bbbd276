import errors from './errors.ts';
import pageErrors from './pageErrors.ts';
import said from './said.ts';

/** Every sentence in English, by feature: what a message’s id names. Placeholders are `{{name}}`; `_one` and `_other` go by `count`. */
export default {
  errors: { ...pageErrors, ...errors },
  said,
} as const;
