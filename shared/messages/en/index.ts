import errors from './errors.ts';
import pageErrors from './pageErrors.ts';
import events from './events.ts';
import files from './files.ts';
import fit from './fit.ts';
import format from './format.ts';
import limits from './limits.ts';
import notifications from './notifications.ts';
import options from './options.ts';
import parameters from './parameters.ts';
import scripts from './scripts.ts';
import rejection from './rejection.ts';
import said from './said.ts';
import words from './words.ts';

/** Every sentence in English, by feature: what a message’s id names. Placeholders are `{{name}}`; `_one` and `_other` go by `count`. */
export default {
  errors: { ...pageErrors, ...errors },
  events,
  files,
  fit,
  format,
  limits,
  notifications,
  options,
  parameters,
  rejection,
  said,
  scripts,
  words,
} as const;
