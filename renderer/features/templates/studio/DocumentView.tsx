import { useEffect, type ReactNode } from 'react';
import { useRemembered } from '../../../client/remembered.ts';
import { t } from '../../../i18n/index.ts';
import { Button, ErrorNotice, navigate, Skeleton, SplitPane, Tabs, useMedia, type TabItem } from '../../../ui/index.ts';
import { useLibrary } from '../../../stores/library.ts';
import { segmentsOf, type StudioAddress, type StudioTab } from './address.ts';
import { DocumentHead } from './DocumentHead.tsx';
import { DocumentNotices } from './DocumentNotices.tsx';
import { mayWrite, openDocument, refreshDocument, useDocuments, type StudioDocument } from './documents.ts';
import { Fit } from './Fit.tsx';
import { FormEditor } from './FormEditor.tsx';
import { History } from './History.tsx';
import { Preview } from './Preview.tsx';
import { YamlText } from './YamlText.tsx';

/** Below this width form and YAML share one place. */
const NARROW = '(max-width: 1199px)';

/** One template: its text to write, what a person who uses it sees, and what it was before. */
export function DocumentView({ address }: { address: StudioAddress }) {
  const { key } = address;
  const open = useDocuments((store) => store.open[key]);
  const error = useDocuments((store) => store.errors[key]);
  const templates = useLibrary((store) => store.templates);
  useEffect(() => void openDocument(key), [key]);
  useEffect(() => {
    if (templates !== null) void refreshDocument(key);
  }, [key, templates]);
  if (open) return <OpenDocument document={open} tab={address.tab} />;
  if (!error) return <Skeleton />;
  return (
    <div className="studio-notice">
      <ErrorNotice error={error} action={<Button onPress={() => void openDocument(key)}>{t('ui.tryAgain')}</Button>} />
    </div>
  );
}

function OpenDocument({ document, tab }: { document: StudioDocument; tab: StudioTab | null }) {
  const isNarrow = useMedia(NARROW);
  const [lastTab, setLastTab] = useRemembered<StudioTab>('studio.tab', 'form');
  const { ref } = document;
  const name = document.template?.displayName ?? ref?.id ?? t('studio.newTemplate');
  const hasHistory = ref !== null && (ref.source === 'private' || ref.source === 'community');
  const isWritable = mayWrite(document);
  const yaml = <YamlText document={document} />;
  const item = (id: StudioTab, content: ReactNode): TabItem => ({
    id,
    label: t(id === 'form' && !isNarrow ? 'studio.tabs.formAndYaml' : `studio.tabs.${id}`),
    content,
  });
  const edit = isNarrow
    ? [item('form', <FormEditor document={document} />), item('yaml', yaml)]
    : [item('form', <Sides first={<FormEditor document={document} />} second={yaml} label={t('studio.tabs.form')} />)];
  const preview = item('preview', <Preview document={document} isNarrow={isNarrow} />);
  const items: TabItem[] = [
    ...(isWritable ? [...edit, preview] : [preview, item('yaml', yaml)]),
    ...(ref !== null && document.detail ? [item('fit', <Fit document={document} place={ref} />)] : []),
    ...(hasHistory ? [item('history', <History key={document.base.hash} document={document} place={ref} />)] : []),
  ];
  const wanted = tab ?? lastTab;
  const selected = items.some(({ id }) => id === wanted) ? wanted : (items[0]?.id ?? 'preview');
  return (
    <section className="studio-document" aria-label={name} data-testid="studio-document">
      <DocumentHead document={document} name={name} />
      <DocumentNotices document={document} />
      <div className="studio-tabs">
        <Tabs
          label={name}
          selected={selected}
          onSelect={(next) => {
            setLastTab(next as StudioTab);
            navigate('templates', [...segmentsOf(document.key), next], { replace: true });
          }}
          items={items}
        />
      </div>
    </section>
  );
}

function Sides({ first, second, label }: { first: ReactNode; second: ReactNode; label: string }) {
  const [width, setWidth] = useRemembered('studio.formWidth', 480);
  return (
    <SplitPane
      direction="row"
      sized="first"
      size={width}
      onResize={setWidth}
      min={300}
      minOther={320}
      label={label}
      first={first}
      second={second}
    />
  );
}
