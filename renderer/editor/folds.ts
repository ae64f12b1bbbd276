/** Lines that an editor shows as one until they are asked for. Monaco's providers belong to a language, so one finds the editor by its model. */
import { Emitter, languages, Range, type editor } from 'monaco-editor/editor';
import type { Disposable } from '../../shared/lib/disposable.ts';
import { indentRanges } from './indentRanges.ts';
import type { LineRange } from './monaco.ts';

/** Folded lines, with what their first one says of them. */
export interface FoldedLines extends LineRange {
  label: string;
}

export interface Folds extends Disposable {
  /** From now on these. Each is closed when it is first shown; whether it is open then is the person's. */
  set(folds: readonly FoldedLines[]): void;
}

const rangesOf = new Map<string, () => LineRange[]>();
const changed = new Emitter<languages.FoldingRangeProvider>();

// like languages themselves, for as long as the page lives
const provider: languages.FoldingRangeProvider = {
  onDidChange: changed.event,
  provideFoldingRanges(model) {
    const folds = rangesOf.get(model.uri.toString())?.() ?? [];
    // none at all: Monaco folds by indentation, which it would not do beside them
    if (folds.length === 0) return null;
    return [
      // the one kind that the editor closes by itself (foldingImportsByDefault)
      ...folds.map(({ from, to }) => ({ start: from, end: to, kind: languages.FoldingRangeKind.Imports })),
      ...indentRanges(model.getLinesContent())
        .filter(({ from, to }) => !folds.some((fold) => from <= fold.to && to >= fold.from))
        .map(({ from, to }) => ({ start: from, end: to })),
    ];
  },
};
languages.registerFoldingRangeProvider('shell', provider);

/** Folds lines of an editor; they move with what is written around them. */
export function createFolds(view: editor.IStandaloneCodeEditor, model: editor.ITextModel): Folds {
  const key = model.uri.toString();
  const lines = view.createDecorationsCollection();
  const labels = view.createDecorationsCollection();
  rangesOf.set(key, () =>
    lines
      .getRanges()
      .map((range) => ({ from: range.startLineNumber, to: range.endLineNumber }))
      .filter(({ from, to }) => to > from),
  );
  return {
    set(folds) {
      const last = model.getLineCount();
      const there = folds.filter(({ from, to }) => from < to && to <= last);
      const isSame =
        there.length === lines.length &&
        lines.getRanges().every((range, i) => {
          const fold = there[i];
          return range.startLineNumber === fold?.from && range.endLineNumber === fold.to;
        });
      if (isSame) return;
      lines.set(
        there.map(({ from, to }) => ({ range: new Range(from, 1, to, model.getLineMaxColumn(to)), options: {} })),
      );
      labels.set(
        there.map(({ from, label }) => ({
          range: new Range(from, model.getLineMaxColumn(from), from, model.getLineMaxColumn(from)),
          options: {
            showIfCollapsed: true,
            after: { content: `  ${label}`, inlineClassName: 'script-fold-label' },
          },
        })),
      );
      changed.fire(provider);
    },
    dispose: () => void rangesOf.delete(key),
  };
}
