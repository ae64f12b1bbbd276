import errors from './errors.ts';
import pageErrors from './pageErrors.ts';
import said from './said.ts';

/** The same in Korean. A particle behind a placeholder stands in both forms, `{{host}}을(를)`: the one that fits is taken. */
export default {
  errors: { ...pageErrors, ...errors },
  said,
};
