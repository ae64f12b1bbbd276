import type { Problem } from '../../../shared/domain/problem/schema.ts';
import type { Template } from '../../../shared/domain/template/schema.ts';
import { withFix } from './session/draft.ts';
import { changeDraft } from './session/drafting.ts';
import { useFormView } from './focusField.ts';

/** The one click that mends a problem: in the form, or in a text that was edited by hand. */
export function mend(key: string, template: Template, { file, fix }: Pick<Problem, 'file' | 'fix'>): void {
  if (fix === null) return;
  if (fix.field === 'script')
    useFormView.setState({ narrowTab: 'script', place: { file, line: null }, mended: String(fix.value) });
  else changeDraft(key, (draft) => withFix(template, draft, fix));
}
