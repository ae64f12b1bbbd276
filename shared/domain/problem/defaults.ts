/** Apart from the schema, so that the page can check a form without the schema library. */
import { verbatim, type Message } from '../../messages/message.ts';
import type { Problem } from './schema.ts';

const said = (text: Message | string): Message => (typeof text === 'string' ? verbatim(text) : text);

type Given = Omit<Partial<Problem>, 'message' | 'hint' | 'fix'> & {
  message: Message | string;
  hint?: Message | string | null;
  fix?: (Omit<NonNullable<Problem['fix']>, 'label'> & { label: Message | string }) | null;
};

/** A problem with what was not given filled in. */
export function problem(input: Given & Pick<Problem, 'rule' | 'code' | 'severity'>): Problem {
  const { message, hint, fix, ...rest } = input;
  return {
    field: null,
    file: null,
    line: null,
    column: null,
    ...rest,
    message: said(message),
    hint: hint === undefined || hint === null || hint === '' ? null : said(hint),
    fix: fix === undefined || fix === null ? null : { ...fix, label: said(fix.label) },
  };
}
