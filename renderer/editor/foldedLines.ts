import type { ScriptFold } from '../../shared/domain/job/script.ts';
import { t } from '../i18n/index.ts';
import type { FoldedLines } from './folds.ts';

/** The folds of a script with what they are, in words; none for a script of before they were written down. */
export function foldedLines(folds: readonly ScriptFold[] | undefined): FoldedLines[] {
  return (folds ?? []).map(({ kind, from, to }) => ({
    from,
    to,
    label: t(`ui.folds.${kind}`, { lines: to - from }),
  }));
}
