import { lazy, Suspense, useState, type ComponentType, type LazyExoticComponent } from 'react';
import { I18nProvider } from 'react-aria-components';
import { currentLanguage, t } from '../i18n/index.ts';
import { Skeleton, ToastRegion, useRoute, type Page } from '../ui/index.ts';
import { CommandPalette } from './CommandPalette.tsx';
import { ConnectionPrompts } from './ConnectionPrompts.tsx';
import { ErrorBoundary } from './ErrorBoundary.tsx';
import { Rail } from './Rail.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { useShortcuts } from './shortcuts.ts';
import { StatusBar } from './StatusBar.tsx';
import { TopBar } from './TopBar.tsx';
import './App.css';

const SCREENS: Record<Page, LazyExoticComponent<ComponentType>> = {
  launch: lazy(async () => ({ default: (await import('../features/launch/index.ts')).LaunchPage })),
  jobs: lazy(async () => ({ default: (await import('../features/jobs/index.ts')).JobsPage })),
  clusters: lazy(async () => ({ default: (await import('../features/clusters/index.ts')).ClustersPage })),
  settings: lazy(async () => ({ default: (await import('../features/settings/index.ts')).SettingsPage })),
};

export function App() {
  const { page } = useRoute();
  const [overlay, setOverlay] = useState<'palette' | 'shortcuts' | null>(null);
  const close = (): void => setOverlay(null);
  useShortcuts({ onPalette: () => setOverlay('palette'), onHelp: () => setOverlay('shortcuts') });
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
      <CommandPalette isOpen={overlay === 'palette'} onClose={close} />
      <ShortcutsDialog isOpen={overlay === 'shortcuts'} onClose={close} />
      <ConnectionPrompts />
      <ToastRegion />
    </I18nProvider>
  );
}

/** The hash is the route, so the link cannot be an ordinary one. */
function skipToScreen(event: { preventDefault: () => void }): void {
  event.preventDefault();
  document.querySelector<HTMLElement>('#screen')?.focus();
}
