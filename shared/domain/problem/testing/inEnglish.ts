import { inWords } from '../../../messages/catalogue.ts';
import type { Problem } from '../schema.ts';

/** A problem as a test reads it: what a person at the command line would. */
export type EnglishProblem = Omit<Problem, 'message' | 'hint' | 'fix'> & {
  readonly message: string;
  readonly hint: string;
  readonly fix: (Omit<NonNullable<Problem['fix']>, 'label'> & { readonly label: string }) | null;
};

/** Problems with their sentences in English. */
export function inEnglish(problems: readonly Problem[]): EnglishProblem[] {
  return problems.map(({ message, hint, fix, ...rest }) => ({
    ...rest,
    message: inWords(message),
    hint: hint === null ? '' : inWords(hint),
    fix: fix === null ? null : { ...fix, label: inWords(fix.label) },
  }));
}
