import { useEffect, useMemo, useState } from 'react';
import type { OutputOf } from '../../../shared/contract/index.ts';
import type { DraftFile } from '../../../shared/domain/job/draft.ts';
import type { Problem } from '../../../shared/domain/problem/schema.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { ScriptView, type ScriptLanguage } from '../../editor/index.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { Dialog, ErrorNotice, Skeleton } from '../../ui/index.ts';

function languageOf(name: string): ScriptLanguage {
  if (/\.ya?ml$/i.test(name)) return 'yaml';
  return /\.(?:sh|bash|sbatch)$/i.test(name) ? 'shell' : 'plaintext';
}

/** The beginning of a file that is going to be sent, with what is wrong in it. */
export function FilePreview({
  file,
  problems,
  onClose,
}: {
  file: DraftFile;
  problems: readonly Problem[];
  onClose: () => void;
}) {
  const [content, setContent] = useState<OutputOf<'files.preview'> | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    client
      .call('files.preview', { handle: file.handle }, { signal: gone.signal })
      .then(setContent, (thrown: unknown) => {
        if (!gone.signal.aborted) setError(appErrorOf(thrown));
      });
    return () => gone.abort();
  }, [file.handle]);
  const lines = useMemo(
    () =>
      problems.flatMap(({ line, column, severity, message }) =>
        line === null ? [] : [{ line, column, severity, message: sayMessage(message) }],
      ),
    [problems],
  );
  return (
    <Dialog title={file.name} isOpen onClose={onClose} width={56}>
      {error ? <ErrorNotice error={error} /> : null}
      {content === null && !error ? <Skeleton lines={[60, 80, 40, 70]} /> : null}
      {content?.text === null ? <p className="muted">{t('launch.files.binary')}</p> : null}
      {content !== null && content.text !== null ? (
        <div className="file-preview">
          <ScriptView
            text={content.text}
            language={languageOf(file.name)}
            label={file.name}
            problems={lines}
            marked={lines.map(({ line }) => ({ from: line, to: line }))}
          />
        </div>
      ) : null}
      {content?.truncated ? <p className="secondary">{t('launch.files.truncated')}</p> : null}
    </Dialog>
  );
}
