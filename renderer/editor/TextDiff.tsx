import { useEffect, useRef, useState } from 'react';
import type { DiffEditor } from './monacoDiff.ts';
import './ScriptView.css';

/** Two texts compared. Until Monaco is loaded, and if it cannot be, the second one stands there as it is. */
export function TextDiff({
  before,
  after,
  beforeLabel,
  afterLabel,
  language,
}: {
  before: string;
  after: string;
  beforeLabel: string;
  afterLabel: string;
  language: 'yaml' | 'shell' | 'plaintext';
}) {
  const host = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<DiffEditor | null>(null);
  const latest = useRef({ before, after });
  useEffect(() => {
    latest.current = { before, after };
  });
  useEffect(() => {
    let opened: DiffEditor | null = null;
    let isGone = false;
    void import('./monacoDiff.ts').then(
      ({ createDiffEditor }) => {
        if (isGone || !host.current) return;
        opened = createDiffEditor(host.current, { ...latest.current, language, beforeLabel, afterLabel });
        setEditor(opened);
      },
      () => undefined, // the plain text stays
    );
    return () => {
      isGone = true;
      setEditor(null);
      void opened?.dispose();
    };
  }, [language, beforeLabel, afterLabel]);
  useEffect(() => editor?.setTexts(before, after), [editor, before, after]);
  return (
    <div className="script-view" data-testid="diff" data-ready={editor !== null}>
      {editor === null ? (
        <pre className="script-plain selectable" aria-label={afterLabel} tabIndex={0}>
          {after}
        </pre>
      ) : null}
      <div ref={host} className="script-host" />
    </div>
  );
}
