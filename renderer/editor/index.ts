export { ScriptView, type ScriptViewProps } from './ScriptView.tsx';
export { TextDiff } from './TextDiff.tsx';
export type { LineProblem, LineRange, ScriptLanguage } from './monaco.ts';
