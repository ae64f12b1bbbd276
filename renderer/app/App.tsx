import { lazy, Suspense, useEffect, useState, type ComponentType, type LazyExoticComponent } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useClusters } from '../client/clusters.ts';
import { currentLanguage, loadLaterTexts, t } from '../i18n/index.ts';
import { Skeleton, ToastRegion, useRoute, type Page } from '../ui/index.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Rail } from './Rail.tsx';
import { useShortcuts } from './shortcuts.ts';
import { StatusBar } from './StatusBar.tsx';
import { TopBar } from './TopBar.tsx';
import './App.css';

/** A part of the window that comes with its texts when it is first shown. */
function later<P extends object>(load: () => Promise<ComponentType<P>>): LazyExoticComponent<ComponentType<P>> {
  return lazy(async () => ({ default: (await Promise.all([load(), loadLaterTexts()]))[0] }));
}

const loadPalette = async () => (await import('./CommandPalette.tsx')).CommandPalette;
const CommandPalette = later(loadPalette);
const ShortcutsDialog = later(async () => (await import('./ShortcutsDialog.tsx')).ShortcutsDialog);
const ConnectionPrompts = later(async () => (await import('./ConnectionPrompts.tsx')).ConnectionPrompts);

const SCREENS: Record<Page, LazyExoticComponent<ComponentType>> = {
  launch: lazy(async () => ({ default: (await import('../features/launch/index.ts')).LaunchPage })),
  jobs: later(async () => (await import('../features/jobs/index.ts')).JobsPage),
  templates: later(async () => (await import('../features/studio/index.ts')).StudioPage),
  clusters: later(async () => (await import('../features/clusters/index.ts')).ClustersPage),
  settings: later(async () => (await import('../features/settings/index.ts')).SettingsPage),
};

export function App() {
  const { page } = useRoute();
  const [overlay, setOverlay] = useState<'palette' | 'shortcuts' | null>(null);
  const isAsked = useClusters((store) => store.prompts.length > 0);
  // once there was a question its dialog stays at hand: the next round follows within moments
  const [wasAsked, setWasAsked] = useState(false);
  if (isAsked && !wasAsked) setWasAsked(true);
  const close = (): void => setOverlay(null);
  useShortcuts({ onPalette: () => setOverlay('palette'), onHelp: () => setOverlay('shortcuts') });
  useEffect(() => {
    // who presses Ctrl-K types on at once: it must be there by then
    const idle = requestIdleCallback(() => void Promise.all([loadPalette(), loadLaterTexts()]).catch(() => undefined));
    return () => cancelIdleCallback(idle);
  }, []);
  const Screen = SCREENS[page];
  return (
    <I18nProvider locale={currentLanguage() === 'ko' ? 'ko-KR' : 'en-US'}>
      <div className="window">
        <a className="skip" href="#screen" onClick={skipToScreen}>
          {t('app.skip')}
        </a>
        <TopBar onSearch={() => setOverlay('palette')} onHelp={() => setOverlay('shortcuts')} />
        <Rail />
        <main className="screen" id="screen" tabIndex={-1} aria-label={t(`app.pages.${page}`)}>
          <ErrorBoundary key={page}>
            <Suspense fallback={<Skeleton />}>
              <Screen />
            </Suspense>
          </ErrorBoundary>
        </main>
        <StatusBar />
      </div>
      <Suspense>
        {overlay === 'palette' ? <CommandPalette onClose={close} /> : null}
        {overlay === 'shortcuts' ? <ShortcutsDialog onClose={close} /> : null}
        {wasAsked ? <ConnectionPrompts /> : null}
      </Suspense>
      <ToastRegion />
    </I18nProvider>
  );
}

/** The hash is the route, so the link cannot be an ordinary one. */
function skipToScreen(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#screen')?.focus();
}
