import {
  FormSessionKey,
  lookAtFilesAgain,
  openTemplate,
  readTemplateRef,
  reloadTemplate,
  requestPreview,
  type TemplateRef,
  useFormSession,
  useFormSessions,
  useFormView,
} from '../form/index.ts';
import { problemKey, sayProblemAt } from '../../i18n/problem.ts';
import { LibraryBig, Server, TriangleAlert } from 'lucide-react';
import { memo, Suspense, useEffect } from 'react';
import type { TemplateSummary } from '../../../shared/contract/templates.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { errorText } from '../../client/pageError.ts';
import { isConnected } from '../../../shared/domain/cluster/connection.ts';
import { loadFacts, loadUsage, useClusters, useCurrentCluster } from '../../stores/clusters.ts';
import { client } from '../../client/index.ts';
import { recall, remember, useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import {
  Button,
  EmptyState,
  ErrorNotice,
  later,
  navigate,
  ProblemLine,
  showToast,
  Skeleton,
  SplitPane,
  Tabs,
  useMedia,
  usePrefetch,
  useRoute,
  type Route,
} from '../../ui/index.ts';
import { followLibrary, useLibrary } from '../../stores/library.ts';
import { TemplateBrowser, templateKey } from '../templates/browser/index.ts';
import { Checks } from './Checks.tsx';
import { CostPanel } from './CostPanel.tsx';
import { DropZone } from './DropZone.tsx';
import { LaunchForm } from './LaunchForm.tsx';
import { ScriptPane } from './ScriptPane.tsx';
import { StartPanel } from './StartPanel.tsx';
import { SubmitBar } from './SubmitBar.tsx';
import './LaunchPage.css';

// first seen after Submit, and then at once
const Receipt = later(async () => (await import('./Receipt.tsx')).Receipt);

/** Where the last template is remembered, and the one that a first start begins with. */
const LAST = 'launch.template';
const FIRST_TEMPLATE = 'hello';

const USABLE_MARK = 'slipway-usable';

/** Below this width script and form share one place. */
const NARROW = '(max-width: 1099px)';

function refOf(route: Route): TemplateRef | null {
  return route.page === 'launch' ? readTemplateRef(route.segments[0], route.segments[1]) : null;
}

/** The template that a start without an address opens: the last one while it is there, else the sample. */
function startingTemplate(templates: readonly TemplateSummary[]): TemplateSummary | null {
  const last = recall(LAST, '');
  return (
    templates.find((template) => templateKey(template) === last) ??
    templates.find((template) => template.id.startsWith(FIRST_TEMPLATE)) ??
    null
  );
}

function show(template: TemplateRef): void {
  navigate('launch', [template.source, template.id]);
}

/** Opens what the address says, for the cluster of the top bar; follows changes of both, and of the template's file. */
function useOpenTemplate(): void {
  const route = useRoute();
  const { page } = route;
  const ref = refOf(route);
  const clusterId = useClusters((store) => store.currentId);
  const templates = useLibrary((store) => store.templates);
  const openKey = useFormSessions((store) => store.openKey);
  const summaryHash = templates?.find((template) => templateKey(template) === openKey)?.hash;
  const { source, id } = ref ?? {};

  useEffect(followLibrary, []);
  useEffect(() => {
    if (source !== undefined && id !== undefined && clusterId !== null) {
      remember(LAST, templateKey({ source, id }));
      void openTemplate({ source, id }, clusterId);
    }
  }, [source, id, clusterId]);
  useEffect(() => {
    // the address may name another screen already while this one is still drawn
    if (page !== 'launch' || source !== undefined || !templates) return;
    const first = startingTemplate(templates);
    if (first) navigate('launch', [first.source, first.id], { replace: true });
  }, [page, source, templates]);
  useEffect(() => {
    if (openKey === null || summaryHash === undefined) return;
    const { sessions, openErrors } = useFormSessions.getState();
    const session = sessions[openKey];
    if (session && session.detail.hash !== summaryHash) void reloadTemplate(openKey);
    // a file that could not be opened was changed: it may be mended
    if (!session && openErrors[openKey] && source !== undefined && id !== undefined && clusterId !== null)
      void openTemplate({ source, id }, clusterId);
  }, [openKey, summaryHash, source, id, clusterId]);
  useEffect(() => {
    if (openKey === null) return undefined;
    const onFocus = (): void => lookAtFilesAgain(openKey);
    window.addEventListener('focus', onFocus);
    const resync = client.onResync(() => requestPreview(openKey));
    return () => {
      window.removeEventListener('focus', onFocus);
      void resync.dispose();
    };
  }, [openKey]);
}

/** The load is looked at again after so many milliseconds while somebody looks at the form. */
const LOOK_EVERY_MS = 60_000;

/** Takes the cluster's facts once it is ready, and looks at what is free while the form is in sight; limits then become checks. */
function useFacts(): void {
  const cluster = useCurrentCluster();
  const clusterId = cluster?.profile.id ?? null;
  const isReady = cluster !== null && isConnected(cluster.connection);
  const loadedAt = useClusters((store) => (clusterId === null ? undefined : store.usages[clusterId]?.takenAt));
  const takenAt = useClusters((store) => (clusterId === null ? undefined : store.facts[clusterId]?.takenAt));
  const openKey = useFormSessions((store) => store.openKey);
  const settings = JSON.stringify([cluster?.profile.rates, cluster?.profile.maxFileSize]);
  useEffect(() => {
    if (clusterId === null || !isReady) return undefined;
    const gone = new AbortController();
    loadFacts(clusterId, { signal: gone.signal }).catch((error: unknown) => {
      if (!gone.signal.aborted) showToast({ kind: 'bad', title: t('launch.factsFailed'), detail: errorText(error) });
    });
    return () => gone.abort();
  }, [clusterId, isReady]);
  useEffect(() => {
    if (clusterId === null || !isReady) return undefined;
    const gone = new AbortController();
    // what is free is a courtesy of the form: without it the limits are checked all the same
    const look = (): void => {
      if (document.visibilityState === 'visible') loadUsage(clusterId, { signal: gone.signal }).catch(() => undefined);
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => {
      clearInterval(timer);
      gone.abort();
    };
  }, [clusterId, isReady]);
  useEffect(() => {
    if (openKey !== null && (takenAt !== undefined || loadedAt !== undefined)) requestPreview(openKey);
  }, [openKey, takenAt, loadedAt]);
  useEffect(() => {
    // price and checks go by these settings, which may have been changed while another screen was open
    if (openKey !== null) requestPreview(openKey);
  }, [openKey, settings]);
}

export function LaunchPage() {
  useOpenTemplate();
  useFacts();
  const [width, setWidth] = useRemembered('launch.templatesWidth', 232);
  const openKey = useFormSessions((store) => store.openKey);
  const clusterId = useClusters((store) => store.currentId);
  const clusters = useClusters((store) => store.clusters);
  return (
    <div className="launch" data-testid="launch">
      <h1 className="visually-hidden">{t('app.pages.launch')}</h1>
      <SplitPane
        direction="row"
        sized="first"
        size={width}
        onResize={setWidth}
        min={168}
        minOther={560}
        label={t('launch.panes.templates')}
        first={<TemplateBrowser selectedKey={openKey} onOpen={show} />}
        second={
          clusters?.length === 0 ? (
            <EmptyState
              icon={Server}
              title={t('launch.noCluster')}
              action={
                <Button variant="primary" onPress={() => navigate('clusters', ['new'])}>
                  {t('launch.addCluster')}
                </Button>
              }
            >
              {t('launch.noClusterHint')}
            </EmptyState>
          ) : (
            <Workplace openKey={openKey} clusterId={clusterId} />
          )
        }
      />
    </div>
  );
}

/** Not drawn again for what its parts follow themselves: each keystroke changes the session, each ping the cluster. */
const Workplace = memo(function Workplace({
  openKey,
  clusterId,
}: {
  openKey: string | null;
  clusterId: ClusterId | null;
}) {
  const isOpen = useFormSessions((store) => openKey !== null && store.sessions[openKey] !== undefined);
  const error = useFormSessions((store) => (openKey === null ? undefined : store.openErrors[openKey]));
  const templates = useLibrary((store) => store.templates);
  const broken = templates?.find((template) => templateKey(template) === openKey && !template.usable);
  if (openKey !== null && isOpen) {
    return (
      <FormSessionKey value={openKey}>
        <Panes key={openKey} />
      </FormSessionKey>
    );
  }
  if (broken) return <BrokenTemplate template={broken} />;
  if (openKey !== null && error) {
    const [source, id] = openKey.split('/');
    const ref = readTemplateRef(source, id);
    const again = (): void => {
      if (ref && clusterId !== null) void openTemplate(ref, clusterId);
    };
    return (
      <div className="launch-notice">
        <ErrorNotice error={error} action={<Button onPress={again}>{t('ui.tryAgain')}</Button>} />
      </div>
    );
  }
  if (templates !== null && openKey === null) return <NoTemplate templates={templates} />;
  return (
    <div className="launch-notice">
      <Skeleton lines={[40, 90, 60, 75, 50, 80, 65]} />
    </div>
  );
});

function NoTemplate({ templates }: { templates: readonly TemplateSummary[] }) {
  const first =
    templates.find((template) => template.id.startsWith(FIRST_TEMPLATE)) ??
    templates.find((template) => template.usable);
  return (
    <EmptyState
      icon={LibraryBig}
      title={t('launch.noTemplate')}
      action={
        first ? (
          <Button variant="primary" onPress={() => show(first)}>
            {t('launch.openFirst', { name: first.displayName })}
          </Button>
        ) : null
      }
    >
      {t('launch.noTemplateHint')}
    </EmptyState>
  );
}

function BrokenTemplate({ template }: { template: TemplateSummary }) {
  return (
    <div className="launch-notice" role="alert">
      <h2 className="launch-broken">
        <TriangleAlert size={18} aria-hidden />
        {template.displayName}
      </h2>
      <p>{t('launch.broken')}</p>
      {template.problems.map((problem) => {
        const said = sayProblemAt(problem);
        return (
          <ProblemLine
            key={problemKey(problem)}
            problem={{
              ...said,
              message: [problem.file, said.message].filter((part) => part !== null).join(': '),
            }}
          />
        );
      })}
    </div>
  );
}

/** Form and script side by side, or in one place where the window is narrow; after Submit the receipt takes the script's place. */
function Panes() {
  useEffect(() => {
    // a measuring point: from here on a person can work (bench/window.ts)
    if (performance.getEntriesByName(USABLE_MARK).length === 0) performance.mark(USABLE_MARK);
  }, []);
  usePrefetch(Receipt);
  const isNarrow = useMedia(NARROW);
  const [width, setWidth] = useRemembered('launch.scriptWidth', 480);
  const tab = useFormView((view) => view.narrowTab);
  const submission = useFormSession((session) => session.submission);
  const receipt =
    submission.kind === 'sent' ? (
      <Suspense fallback={<Skeleton lines={[40, 70, 60, 65]} />}>
        <Receipt runId={submission.runId} />
      </Suspense>
    ) : null;
  if (isNarrow) {
    return (
      <div className="launch-narrow">
        <DropZone />
        {receipt ?? (
          <>
            <div className="launch-tabs">
              <Tabs
                label={t('launch.panes.parts')}
                selected={tab}
                onSelect={(id) => useFormView.setState({ narrowTab: id === 'script' ? 'script' : 'form' })}
                items={[
                  { id: 'form', label: t('launch.panes.form'), content: <LaunchForm /> },
                  { id: 'script', label: t('launch.panes.script'), content: <ScriptAndChecks /> },
                ]}
              />
            </div>
            <footer className="launch-foot launch-foot-row">
              <Figures />
              <SubmitBar />
            </footer>
          </>
        )}
      </div>
    );
  }
  return (
    <>
      <DropZone />
      <SplitPane
        direction="row"
        sized="second"
        size={width}
        onResize={setWidth}
        min={320}
        minOther={360}
        label={t('launch.panes.script')}
        first={<LaunchForm />}
        second={
          receipt ?? (
            <div className="launch-right">
              <ScriptAndChecks />
              <footer className="launch-foot">
                <Figures />
                <SubmitBar />
              </footer>
            </div>
          )
        }
      />
    </>
  );
}

/** What the job takes of a person: money and patience. */
const Figures = memo(function Figures() {
  return (
    <div className="launch-figures">
      <StartPanel />
      <CostPanel />
    </div>
  );
});

const ScriptAndChecks = memo(function ScriptAndChecks() {
  return (
    <div className="launch-script">
      <ScriptPane />
      <Checks />
    </div>
  );
});
