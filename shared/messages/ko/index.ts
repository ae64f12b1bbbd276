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

/** The same in Korean. A particle behind a placeholder stands in both forms, `{{host}}을(를)`: the one that fits is taken. */
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
};
