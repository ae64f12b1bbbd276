import { Rocket } from 'lucide-react';
import { useEffect } from 'react';
import type { TemplateSource } from '../../../shared/domain/template.ts';
import { ScriptView, type LineProblem } from '../../editor/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, ErrorNotice, navigate, Skeleton, SplitPane, Tabs, useMedia } from '../../ui/index.ts';
import { useRemembered } from '../../client/remembered.ts';
import { sourceLabel, templateKey, useLibrary } from '../templates/index.ts';
import type { StudioTab } from './address.ts';
import { openDocument, useDocuments, type StudioDocument } from './documents.ts';
import { FormPreview } from './FormPreview.tsx';

/** Below this width form and YAML share one place. */
const NARROW = '(max-width: 1199px)';

/** One template: what a person who uses it sees, and its text. */
export function DocumentView({ source, id, tab }: { source: TemplateSource; id: string; tab: StudioTab | null }) {
  const key = templateKey({ source, id });
  const open = useDocuments((store) => store.open[key]);
  const error = useDocuments((store) => store.errors[key]);
  const hash = useLibrary((store) => store.templates?.find((template) => templateKey(template) === key)?.hash);
  useEffect(() => void openDocument(source, id), [source, id, hash]);
  if (open) return <OpenDocument document={open} tab={tab} />;
  if (!error) return <Skeleton />;
  return (
    <div className="studio-notice">
      <ErrorNotice error={error} action={<Button onPress={() => void openDocument(source, id)}>{t('ui.tryAgain')}</Button>} />
    </div>
  );
}

function OpenDocument({ document, tab }: { document: StudioDocument; tab: StudioTab | null }) {
  const { detail } = document;
  const isNarrow = useMedia(NARROW);
  const [width, setWidth] = useRemembered('studio.formWidth', 480);
  const form = <FormPreview document={document} />;
  const yaml = <YamlText document={document} />;
  return (
    <section className="studio-document" aria-label={detail.displayName}>
      <header className="studio-head">
        <div className="studio-title">
          <h2 className="truncate selectable">{detail.displayName}</h2>
          <span className="secondary">
            {sourceLabel(detail.source)}
            {detail.version === '' ? null : <> · v{detail.version}</>}
            {detail.author === '' ? null : <> · {detail.author}</>}
          </span>
        </div>
        <span className="studio-actions">
          <Button icon={Rocket} onPress={() => navigate('launch', [detail.source, detail.id])}>
            {t('studio.use')}
          </Button>
        </span>
        {detail.description === '' ? null : <p className="secondary selectable studio-description">{detail.description}</p>}
      </header>
      {isNarrow ? (
        <Tabs
          label={detail.displayName}
          selected={tab === 'yaml' ? 'yaml' : 'preview'}
          onSelect={(next) => navigate('templates', [detail.source, detail.id, next], { replace: true })}
          items={[
            { id: 'preview', label: t('studio.tabs.preview'), content: form },
            { id: 'yaml', label: t('studio.tabs.yaml'), content: yaml },
          ]}
        />
      ) : (
        <SplitPane direction="row" sized="first" size={width} onResize={setWidth} min={320} minOther={320} label={t('studio.tabs.preview')} first={form} second={yaml} />
      )}
    </section>
  );
}

function YamlText({ document }: { document: StudioDocument }) {
  const lines = document.problems.flatMap(({ line, column, severity, message }): LineProblem[] => (line === null ? [] : [{ line, column, severity, message }]));
  return (
    <div className="studio-yaml">
      <ScriptView text={document.text} language="yaml" label={t('studio.yamlOf', { name: document.detail.displayName })} problems={lines} />
    </div>
  );
}
