export { ScriptView, type ScriptViewProps } from './ScriptView.tsx';
export type { LineProblem, LineRange, ScriptLanguage } from './monaco.ts';
