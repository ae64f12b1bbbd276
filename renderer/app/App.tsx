import { Suspense, useState, type ComponentType } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useClusters } from '../stores/clusters.ts';
import { currentLanguage, t } from '../i18n/index.ts';
import { LaunchPage } from '../features/launch/index.ts';
import { later, Skeleton, ToastRegion, usePrefetch, useRoute, type Page } from '../ui/index.ts';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Rail } from './Rail.tsx';
import { useShortcuts } from './shortcuts.ts';
import { StatusBar } from './StatusBar.tsx';
import { TopBar } from './TopBar.tsx';
import './App.css';

const CommandPalette = later(async () => (await import('./CommandPalette.tsx')).CommandPalette);
const ShortcutsDialog = later(async () => (await import('./ShortcutsDialog.tsx')).ShortcutsDialog);
const ConnectionPrompts = later(async () => (await import('./ConnectionPrompts.tsx')).ConnectionPrompts);

/** The first screen is part of the page: most starts show it, and one file is smaller and sooner there than two. */
const SCREENS: Record<Page, ComponentType> = {
  launch: LaunchPage,
  jobs: later(async () => (await import('../features/jobs/index.ts')).JobsPage),
  templates: later(async () => (await import('../features/templates/studio/index.ts')).StudioPage),
  images: later(async () => (await import('../features/images/index.ts')).ImagesPage),
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
  // who presses Ctrl-K types on at once
  usePrefetch(CommandPalette);
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
