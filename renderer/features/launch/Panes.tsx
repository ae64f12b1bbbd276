import { memo, Suspense, useEffect } from 'react';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import { later, Skeleton, SplitPane, Tabs, useMedia, usePrefetch } from '../../ui/index.ts';
import { useFormSession, useFormView } from '../form/index.ts';
import { Checks } from './Checks.tsx';
import { CostPanel } from './CostPanel.tsx';
import { DropZone } from './DropZone.tsx';
import { LaunchForm } from './LaunchForm.tsx';
import { ScriptPane } from './ScriptPane.tsx';
import { StartPanel } from './StartPanel.tsx';
import { SubmitBar } from './SubmitBar.tsx';
import './Panes.css';

// first seen after Submit, and then at once
const Receipt = later(async () => (await import('./Receipt.tsx')).Receipt);

const USABLE_MARK = 'slipway-usable';

/** Below this width script and form share one place. */
const NARROW = '(max-width: 1099px)';

/** Form and script side by side, or in one place where the window is narrow; after Submit the receipt takes the script's place. */
export function Panes() {
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
