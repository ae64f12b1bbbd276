/** Monaco itself, with the few parts of it that scripts and YAML need. Loaded on demand: see ScriptView.tsx. */
import { editor, MarkerSeverity, Range } from 'monaco-editor/editor';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/contextmenu/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/folding/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/linesOperations/register';
// the feature named suggest is only its inline form (0.57): this is the list of completions
import 'monaco-editor/editor/contrib/suggest/browser/suggestController.js';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/wordOperations/register';
import 'monaco-editor/languages/definitions/shell/register';
import 'monaco-editor/languages/definitions/yaml/register';
import type { Disposable } from '../../shared/lib/disposable.ts';
import { adviseModel, type Advise } from './advice.ts';
import { createFolds, type FoldedLines } from './folds.ts';
import { editorTheme } from './editorTheme.ts';
import { minimalEdit } from './minimalEdit.ts';

export type ScriptLanguage = 'shell' | 'yaml' | 'plaintext';

/** Lines from 1, both ends included. */
export interface LineRange {
  from: number;
  to: number;
}

export interface LineProblem {
  line: number;
  column?: number | null;
  severity: 'error' | 'warning' | 'info';
  message: string;
}

export interface ScriptEditor extends Disposable {
  /** Shows this text; what did not change stays where it is on the screen. */
  setText(text: string): void;
  /** Shows these lines as their first one until they are asked for. */
  setFolds(folds: readonly FoldedLines[]): void;
  /** Marks lines and brings the first of them into view if none is. */
  mark(ranges: readonly LineRange[]): void;
  setProblems(problems: readonly LineProblem[]): void;
  /** Takes the focus, to a line (from 1) where one is given. */
  focus(line: number | null): void;
}

export interface ScriptEditorOptions {
  text: string;
  language: ScriptLanguage;
  /** For screen readers. */
  label: string;
  readOnly: boolean;
  /** Called with the whole text when a person edits it, not for `setText`. */
  onEdit?: (text: string) => void;
  /** Called when a person clicks or moves onto a line. */
  onLine?: (line: number) => void;
  /** What can be written at a place of a YAML text, and what stands there. */
  advise?: Advise;
}

globalThis.MonacoEnvironment = { getWorker: () => new EditorWorker() };

const THEME = 'slipway';
const SEVERITIES = { error: MarkerSeverity.Error, warning: MarkerSeverity.Warning, info: MarkerSeverity.Info } as const;

function applyTheme(): void {
  editor.defineTheme(THEME, editorTheme(document.documentElement));
  editor.setTheme(THEME);
}

// Themes are Monaco's own global state: one observer for all editors, for as long as the page lives.
applyTheme();
new MutationObserver(applyTheme).observe(document.documentElement, {
  attributes: true,
  attributeFilter: ['data-theme'],
});
window.matchMedia('(prefers-color-scheme: dark)').addEventListener('change', applyTheme);

/** Pixels of a length token in rem, which follows the system's font size. */
function pixels(name: string): number {
  const root = getComputedStyle(document.documentElement);
  return parseFloat(root.getPropertyValue(name)) * parseFloat(root.fontSize);
}

/** Puts an editor into an empty element. The caller disposes it. */
export function createScriptEditor(host: HTMLElement, options: ScriptEditorOptions): ScriptEditor {
  const model = editor.createModel(options.text, options.language);
  const fontSize = pixels('--size-mono');
  const view = editor.create(host, {
    model,
    theme: THEME,
    automaticLayout: true,
    readOnly: options.readOnly,
    // the caret shows where the keyboard is, in a read-only script too
    domReadOnly: options.readOnly,
    ariaLabel: options.label,
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono').trim(),
    fontSize,
    lineHeight: Math.round(fontSize * 1.5),
    lineNumbersMinChars: 3,
    lineDecorationsWidth: 12,
    minimap: { enabled: false },
    scrollBeyondLastLine: false,
    overviewRulerLanes: 0,
    overviewRulerBorder: false,
    hideCursorInOverviewRuler: true,
    // also in a read-only script, where a problem belongs to the form
    renderValidationDecorations: 'on',
    renderLineHighlight: options.readOnly ? 'none' : 'line',
    folding: options.language !== 'plaintext',
    // what is not the job's own is one line when it is first shown
    foldingImportsByDefault: true,
    foldingHighlight: false,
    showFoldingControls: 'always',
    unfoldOnClickAfterEndOfLine: true,
    wordWrap: 'off',
    // Tab goes to the next field of the page where nothing can be typed
    tabFocusMode: options.readOnly,
    guides: { indentation: false },
    unicodeHighlight: { ambiguousCharacters: false, invisibleCharacters: true },
    scrollbar: { verticalScrollbarSize: 10, horizontalScrollbarSize: 10, alwaysConsumeMouseWheel: false },
    padding: { top: 6, bottom: 6 },
    contextmenu: true,
    stickyScroll: { enabled: false },
    quickSuggestions: options.advise ? { other: true, comments: false, strings: true } : false,
    wordBasedSuggestions: 'off',
    // lists and explanations may reach over the edges of the pane
    fixedOverflowWidgets: true,
    links: false,
  });
  const marked = view.createDecorationsCollection();
  const folds = createFolds(view, model);
  const directives = view.createDecorationsCollection();
  /** `#SBATCH` lines are comments to bash and orders to Slurm: they must not look like remarks. */
  const colourDirectives = (): void => {
    if (options.language !== 'shell') return;
    directives.set(
      model
        .findMatches('^#SBATCH.*$', false, true, true, null, false)
        .map(({ range }) => ({ range, options: { inlineClassName: 'script-directive' } })),
    );
  };
  colourDirectives();
  let isOurs = false;
  const listeners: Disposable[] = [
    folds,
    ...(options.advise ? [adviseModel(model, options.advise)] : []),
    model.onDidChangeContent(() => {
      colourDirectives();
      if (!isOurs) options.onEdit?.(model.getValue());
    }),
    view.onMouseUp((event) => {
      if (event.target.position && view.getSelection()?.isEmpty() !== false)
        options.onLine?.(event.target.position.lineNumber);
    }),
  ];

  return {
    setText(text) {
      // its place on the page was given to another one in the same moment
      if (model.isDisposed()) return;
      const edit = minimalEdit(model.getValue(), text);
      if (edit === null) return;
      const range = Range.fromPositions(model.getPositionAt(edit.from), model.getPositionAt(edit.to));
      isOurs = true;
      model.applyEdits([{ range, text: edit.text }]);
      isOurs = false;
      // by itself it draws in the frame after the next one, and a key's effect would be seen a frame later
      view.render();
    },
    setFolds(next) {
      if (!model.isDisposed()) folds.set(next);
    },
    mark(ranges) {
      if (model.isDisposed()) return;
      const last = model.getLineCount();
      const shown = ranges.filter((range) => range.from <= last && range.to >= range.from);
      marked.set(
        shown.map((range) => ({
          range: new Range(range.from, 1, Math.min(range.to, last), 1),
          options: { isWholeLine: true, className: 'script-marked', linesDecorationsClassName: 'script-marked-edge' },
        })),
      );
      const first = shown[0];
      // not away from where somebody is typing
      if (first && !view.hasTextFocus()) view.revealLineInCenterIfOutsideViewport(first.from);
    },
    setProblems(problems) {
      if (model.isDisposed()) return;
      editor.setModelMarkers(
        model,
        'slipway',
        problems.map((problem) => {
          const line = Math.min(Math.max(1, problem.line), model.getLineCount());
          return {
            severity: SEVERITIES[problem.severity],
            message: problem.message,
            startLineNumber: line,
            startColumn: problem.column ?? (model.getLineFirstNonWhitespaceColumn(line) || 1),
            endLineNumber: line,
            endColumn: model.getLineMaxColumn(line),
          };
        }),
      );
    },
    focus(line) {
      if (line !== null) {
        view.setPosition({ lineNumber: Math.min(line, model.getLineCount()), column: 1 });
        view.revealLineInCenterIfOutsideViewport(line);
      }
      view.focus();
    },
    dispose() {
      for (const listener of listeners) void listener.dispose();
      view.dispose();
      model.dispose();
    },
  };
}
