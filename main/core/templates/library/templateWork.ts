/** Work on template texts that anybody may hand over. Pure; what takes long for some text is done in a thread (`workThread.ts`). */
import type { Change, Problem } from '../../../../shared/domain/problem/schema.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import type { ImportReport, ParameterOffer, TemplateEdit } from '../../../../shared/domain/template/studio.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { message } from '../../../../shared/messages/message.ts';
import { editTemplateText } from '../edit/editText.ts';
import { editsOfFix } from '../check/fitFix.ts';
import { acceptOffer } from '../import/acceptOffer.ts';
import type { SourceFile } from '../import/importedTemplate.ts';
import { importTemplate } from '../import/importTemplate.ts';
import { parseTemplate } from '../format/parseTemplate.ts';

/** A changed text, with what it says now. */
export interface ChangedTemplate {
  readonly text: string;
  readonly template: Template | null;
  readonly problems: Problem[];
}

const changed = (text: string): ChangedTemplate => ({ text, ...parseTemplate(text, 'template.yaml') });

export const TEMPLATE_WORK = {
  edit: ({ text, edits }: { readonly text: string; readonly edits: readonly TemplateEdit[] }): ChangedTemplate =>
    changed(editTemplateText(text, edits)),

  applyFix: ({ text, fix }: { readonly text: string; readonly fix: Change }): ChangedTemplate => {
    const edits = editsOfFix(text, fix);
    if (edits.length === 0)
      throw new AppError('INPUT_INVALID', {
        details: { reason: message('library.noPlace', { field: fix.field }) },
        hint: message('library.checkAnew'),
      });
    return changed(editTemplateText(text, edits));
  },

  acceptOffer: ({ text, offer }: { readonly text: string; readonly offer: ParameterOffer }): ChangedTemplate =>
    acceptOffer(text, offer),

  import: ({ files }: { readonly files: readonly SourceFile[] }): ImportReport => importTemplate(files),
} as const;

export type WorkName = keyof typeof TEMPLATE_WORK;
export type WorkInput<N extends WorkName> = Parameters<(typeof TEMPLATE_WORK)[N]>[0];
export type WorkOutput<N extends WorkName> = ReturnType<(typeof TEMPLATE_WORK)[N]>;

/** Does one piece of work by its name. Where the text is nested deeper than the stack goes, it is a fault of the text: TEMPLATE_INVALID. */
export function doWork<N extends WorkName>(name: N, input: WorkInput<N>): WorkOutput<N> {
  try {
    return (TEMPLATE_WORK[name] as (given: WorkInput<N>) => WorkOutput<N>)(input);
  } catch (error) {
    if (error instanceof RangeError && /call stack/.test(error.message))
      throw new AppError('TEMPLATE_INVALID', {
        details: { reason: message('library.tooDeep') },
        cause: error,
      });
    throw error;
  }
}
