import { History as HistoryIcon } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { TemplateVersion } from '../../../../shared/domain/template/studio.ts';
import type { CodedError } from '../../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../../client/pageError.ts';
import { client } from '../../../client/index.ts';
import { useRemembered } from '../../../client/remembered.ts';
import { TextDiff } from '../../../editor/index.ts';
import { t } from '../../../i18n/index.ts';
import {
  Button,
  Bytes,
  EmptyState,
  ErrorNotice,
  RelativeTime,
  showToast,
  Skeleton,
  SplitPane,
} from '../../../ui/index.ts';
import type { TemplateRef } from './address.ts';
import { changeText, mayWrite, type StudioDocument } from './documents.ts';

/** What a template was before: each version compared with the text as it is now, and the way back to it. */
export function History({ document, place }: { document: StudioDocument; place: TemplateRef }) {
  const { id, source } = place;
  const [versions, setVersions] = useState<readonly TemplateVersion[] | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [chosen, setChosen] = useState<string | null>(null);
  const [width, setWidth] = useRemembered('studio.historyWidth', 230);
  useEffect(() => {
    const gone = new AbortController();
    client.call('templates.versions', { id, source }, { signal: gone.signal }).then(
      (list) => setVersions(list),
      (reason: unknown) => {
        if (!gone.signal.aborted) setError(appErrorOf(reason));
      },
    );
    return () => gone.abort();
  }, [id, source]);

  if (error) {
    return (
      <div className="studio-notice">
        <ErrorNotice error={error} />
      </div>
    );
  }
  if (versions === null) return <Skeleton />;
  const current = document.base.hash;
  const older = versions.filter((version) => version.hash !== current);
  if (older.length === 0) {
    return (
      <EmptyState icon={HistoryIcon} title={t('studio.history.none')}>
        {t('studio.history.noneHint')}
      </EmptyState>
    );
  }
  const shown = older.find(({ hash }) => hash === chosen) ?? older[0];
  return (
    <SplitPane
      direction="row"
      sized="first"
      size={width}
      onResize={setWidth}
      min={160}
      minOther={300}
      label={t('studio.tabs.history')}
      first={
        <ul className="studio-versions" aria-label={t('studio.tabs.history')} data-testid="versions">
          {older.map((version) => (
            <li key={version.hash}>
              <button
                type="button"
                className="studio-version"
                aria-pressed={version === shown}
                onClick={() => setChosen(version.hash)}
              >
                <span>
                  <RelativeTime at={version.at} />
                  {version.version === '' ? null : <> · v{version.version}</>}
                </span>
                <span className="secondary">
                  {t(version.by === 'saved' ? 'studio.history.saved' : 'studio.history.found')} ·{' '}
                  <Bytes value={version.bytes} />
                </span>
              </button>
            </li>
          ))}
        </ul>
      }
      second={shown ? <Comparison key={shown.hash} document={document} place={place} version={shown} /> : null}
    />
  );
}

function Comparison({
  document,
  place,
  version,
}: {
  document: StudioDocument;
  place: TemplateRef;
  version: TemplateVersion;
}) {
  const { id, source } = place;
  const [text, setText] = useState<string | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    client.call('templates.version', { id, source, hash: version.hash }, { signal: gone.signal }).then(
      (found) => setText(found.text),
      (reason: unknown) => {
        if (!gone.signal.aborted) setError(appErrorOf(reason));
      },
    );
    return () => gone.abort();
  }, [id, source, version.hash]);
  if (error) {
    return (
      <div className="studio-notice">
        <ErrorNotice error={error} />
      </div>
    );
  }
  if (text === null) return <Skeleton />;
  const before = document.text;
  const restore = (): void => {
    changeText(document.key, text);
    showToast({
      kind: 'info',
      title: t('studio.history.restored'),
      action: { label: t('studio.undo'), onPress: () => changeText(document.key, before) },
    });
  };
  return (
    <div className="studio-yaml">
      <div className="studio-bar">
        <span className="secondary">{t('studio.history.compared')}</span>
        {mayWrite(document) ? (
          <Button size="dense" isDisabled={text === document.text} onPress={restore}>
            {t('studio.history.restore')}
          </Button>
        ) : null}
      </div>
      <TextDiff
        before={text}
        after={document.text}
        beforeLabel={t('studio.history.then')}
        afterLabel={t('studio.history.now')}
        language="yaml"
      />
    </div>
  );
}
