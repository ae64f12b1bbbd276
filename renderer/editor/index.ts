export { foldedLines } from './foldedLines.ts';
export { ScriptView, type ScriptViewProps } from './ScriptView.tsx';
export { TextDiff } from './TextDiff.tsx';
export type { FoldedLines } from './folds.ts';
export type { LineProblem, LineRange, ScriptLanguage } from './monaco.ts';
