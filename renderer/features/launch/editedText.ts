/** Texts that the form makes and a person changes: the script (`file` null) and generated files. */
import type { FormSession } from '../form/session/index.ts';
import type { Draft, HandEdit } from '../../../shared/domain/job/draft.ts';
import type { EditedText, EditPiece } from '../../../shared/domain/job/script.ts';

export interface ShownText {
  text: string;
  edit: HandEdit | null;
  /** What there is to decide; empty when nothing is. */
  pieces: readonly EditPiece[];
}

const NONE: readonly EditPiece[] = [];

/** What the form alone makes of a text, and with the edits merged in; null before there is a preview, and for a file that it does not make. */
export function generatedText(
  { preview }: Pick<FormSession, 'preview'>,
  file: string | null,
): { generated: string; merged: string; state: EditedText | undefined } | null {
  const merged = file === null ? preview?.text : preview?.files.find(({ name }) => name === file)?.text;
  if (merged === undefined) return null;
  const state = preview?.edited?.find((edited) => edited.file === file);
  return { generated: state?.generated ?? merged, merged, state };
}

/** A text as the editor shows it. What was typed is shown at once: the preview that has it is a moment behind. */
export function shownText(session: Pick<FormSession, 'preview' | 'draft'>, file: string | null): ShownText | null {
  const made = generatedText(session, file);
  if (made === null) return null;
  const edit = session.draft.edits?.find((each) => each.file === file) ?? null;
  if (edit === null) return { text: made.generated, edit, pieces: NONE };
  if (edit.base === made.generated) return { text: edit.mine, edit, pieces: NONE };
  return { text: made.merged, edit, pieces: made.state?.pieces ?? NONE };
}

/** The person's text of the script (`file` null) or a generated file. One that is again as the form made it is no edit. */
export function withEdit(draft: Draft, edit: HandEdit): Draft {
  const { edits = [], ...rest } = withoutEdit(draft, edit.file);
  if (edit.mine !== edit.base) return { ...rest, edits: [...edits, edit] };
  return edits.length === 0 ? rest : { ...rest, edits };
}

export function withoutEdit({ edits = [], ...draft }: Draft, file: string | null): Draft {
  const others = edits.filter((edit) => edit.file !== file);
  return others.length === 0 ? draft : { ...draft, edits: others };
}

export type Choice = 'mine' | 'form' | 'both';

/** The text once each conflict is decided, in their order. */
export function settledText(pieces: readonly EditPiece[], choices: readonly Choice[]): string {
  let next = 0;
  const lines = pieces.flatMap((piece) => {
    if (piece.kind === 'text') return piece.lines;
    const choice = choices[next];
    next += 1;
    return [...(choice === 'form' ? [] : piece.mine), ...(choice === 'mine' ? [] : piece.form)];
  });
  return lines.join('\n');
}
