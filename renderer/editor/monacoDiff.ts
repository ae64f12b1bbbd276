/** Monaco's comparison of two texts. Loaded on demand: see TextDiff.tsx. */
import { editor } from 'monaco-editor/editor';
import 'monaco-editor/features/diffEditor/register';
import type { Disposable } from '../../shared/lib/disposable.ts';
import { editorTheme } from './editorTheme.ts';
// workers, languages and the theme that follows the page
import './monaco.ts';

export interface DiffEditor extends Disposable {
  setTexts(before: string, after: string): void;
}

/** Puts a comparison into an empty element: side by side where there is room, else one below the other. The caller disposes it. */
export function createDiffEditor(
  host: HTMLElement,
  options: { before: string; after: string; language: string; beforeLabel: string; afterLabel: string },
): DiffEditor {
  const original = editor.createModel(options.before, options.language);
  const modified = editor.createModel(options.after, options.language);
  editor.defineTheme('slipway', editorTheme(document.documentElement));
  const view = editor.createDiffEditor(host, {
    theme: 'slipway',
    automaticLayout: true,
    readOnly: true,
    domReadOnly: true,
    originalAriaLabel: options.beforeLabel,
    modifiedAriaLabel: options.afterLabel,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono').trim(),
    fontSize: 12.5,
    lineNumbersMinChars: 3,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    renderOverviewRuler: false,
    renderSideBySide: true,
    useInlineViewWhenSpaceIsLimited: true,
    renderSideBySideInlineBreakpoint: 700,
    hideUnchangedRegions: { enabled: true, contextLineCount: 3, minimumLineCount: 4 },
    diffWordWrap: 'off',
    unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: true },
    tabFocusMode: true,
  });
  view.setModel({ original, modified });
  return {
    setTexts(before, after) {
      if (original.getValue() !== before) original.setValue(before);
      if (modified.getValue() !== after) modified.setValue(after);
    },
    dispose() {
      view.dispose();
      original.dispose();
      modified.dispose();
    },
  };
}
