/** Completion and explanations in an editor, told by whoever opened it. Monaco's providers belong to a language, so one finds the editor by its model. */
import { languages, Range, type editor } from 'monaco-editor/editor';
import type { EditorAdvice } from '../../shared/domain/template/studio.ts';
import type { Disposable } from '../../shared/lib/disposable.ts';
import { sayMessage } from '../i18n/index.ts';

/** Lines and columns from 1. Rejections are no advice. */
export type Advise = (text: string, line: number, column: number) => Promise<EditorAdvice>;

const advisers = new Map<string, Advise>();

const KINDS = {
  key: languages.CompletionItemKind.Property,
  value: languages.CompletionItemKind.Value,
  parameter: languages.CompletionItemKind.Field,
  variable: languages.CompletionItemKind.Variable,
} as const;

async function adviceAt(model: editor.ITextModel, line: number, column: number): Promise<EditorAdvice | null> {
  try {
    return (await advisers.get(model.uri.toString())?.(model.getValue(), line, column)) ?? null;
  } catch {
    return null;
  }
}

// like languages themselves, for as long as the page lives
languages.registerCompletionItemProvider('yaml', {
  triggerCharacters: [' ', '$', '{', '-', ':'],
  async provideCompletionItems(model, { lineNumber, column }) {
    const advice = await adviceAt(model, lineNumber, column);
    const suggestions = (advice?.items ?? []).map((item, index) => ({
      label: item.label,
      kind: KINDS[item.kind],
      insertText: item.insert,
      ...(item.documentation === null ? {} : { documentation: sayMessage(item.documentation) }),
      sortText: String(index).padStart(4, '0'),
      range: new Range(lineNumber, Math.max(1, column - item.replace), lineNumber, column),
    }));
    return { suggestions };
  },
});
languages.registerHoverProvider('yaml', {
  async provideHover(model, { lineNumber, column }) {
    const hover = (await adviceAt(model, lineNumber, column))?.hover;
    if (!hover) return null;
    const examples = hover.examples.length === 0 ? [] : [{ value: `\`\`\`yaml\n${hover.examples.join('\n')}\n\`\`\`` }];
    return {
      range: new Range(hover.line, hover.from, hover.line, hover.to),
      contents: [{ value: sayMessage(hover.text) }, ...examples],
    };
  },
});

/** Has an editor's text advised until it is disposed. */
export function adviseModel(model: editor.ITextModel, advise: Advise): Disposable {
  const key = model.uri.toString();
  advisers.set(key, advise);
  return { dispose: () => void advisers.delete(key) };
}
