import { useEffect, useRef, useState } from 'react';
import type { Advise } from './advice.ts';
import type { FoldedLines } from './folds.ts';
import type { LineProblem, LineRange, ScriptEditor, ScriptLanguage } from './monaco.ts';
import './ScriptView.css';

export interface ScriptViewProps {
  text: string;
  language: ScriptLanguage;
  /** For screen readers. */
  label: string;
  /** With it the text can be edited; it is called with all of it. */
  onEdit?: (text: string) => void;
  /** Lines that belong together with what the person does elsewhere. */
  marked?: readonly LineRange[];
  /** Lines that are one until they are asked for. */
  folds?: readonly FoldedLines[];
  problems?: readonly LineProblem[];
  /** Called when a person clicks on a line. */
  onLine?: (line: number) => void;
  /** What can be written at a place of a YAML text that can be edited, and what stands there. The same function for as long as it is shown. */
  advise?: Advise;
  /** Each new object takes the focus into the text, to its line (from 1) if it names one. */
  goTo?: { readonly line: number | null } | null;
}

const NOTHING: readonly never[] = [];

/** A script or a YAML text in Monaco. Until that is loaded, and if it cannot be, the text stands there as it is. */
export function ScriptView({
  text,
  language,
  label,
  onEdit,
  marked = NOTHING,
  folds = NOTHING,
  problems = NOTHING,
  onLine,
  advise,
  goTo = null,
}: ScriptViewProps) {
  const host = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<ScriptEditor | null>(null);
  // The editor lives longer than one drawing: it always calls the newest of these.
  const latest = useRef({ text, onEdit, onLine });
  useEffect(() => {
    latest.current = { text, onEdit, onLine };
  });
  const isEditable = onEdit !== undefined;

  useEffect(() => {
    let opened: ScriptEditor | null = null;
    let isGone = false;
    void import('./monaco.ts').then(
      ({ createScriptEditor }) => {
        if (isGone || !host.current) return;
        opened = createScriptEditor(host.current, {
          text: latest.current.text,
          language,
          label,
          readOnly: !isEditable,
          onEdit: (next) => latest.current.onEdit?.(next),
          onLine: (line) => latest.current.onLine?.(line),
          ...(advise ? { advise } : {}),
        });
        setEditor(opened);
      },
      () => undefined, // the plain text stays
    );
    return () => {
      isGone = true;
      setEditor(null);
      void opened?.dispose();
    };
  }, [language, label, isEditable, advise]);

  useEffect(() => editor?.setText(text), [editor, text]);
  // after the text that they are lines of
  useEffect(() => editor?.setFolds(folds), [editor, folds]);
  useEffect(() => editor?.mark(marked), [editor, marked]);
  // markers are placed on lines, so they follow each new text
  useEffect(() => editor?.setProblems(problems), [editor, problems, text]);

  useEffect(() => {
    if (goTo !== null) editor?.focus(goTo.line);
  }, [editor, goTo]);

  return (
    <div className="script-view" data-testid="script" data-ready={editor !== null}>
      {editor === null ? (
        <pre className="script-plain selectable" aria-label={label} tabIndex={0}>
          {text}
        </pre>
      ) : null}
      <div ref={host} className="script-host" />
    </div>
  );
}
