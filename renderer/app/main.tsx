// first, so that every component's own style comes after them
import '../ui/tokens.css';
import '../ui/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { Settings } from '../../shared/contract/program.ts';
import { client } from '../client/index.ts';
import { appErrorOf } from '../client/pageError.ts';
import { followClusters } from '../stores/clusters.ts';
import { followImages } from '../stores/images.ts';
import { loadRemembered } from '../client/remembered.ts';
import { followSettings, loadSettings, useSettings } from '../client/settings.ts';
import { followView } from '../client/watching.ts';
import { loadLaterTexts, switchLanguage, systemLanguage, t, type Language } from '../i18n/index.ts';
import { Button, ErrorNotice } from '../ui/index.ts';
import { followActivity } from './activity.ts';
import { App } from './App.tsx';
import { applyTheme, followSystemTheme } from './theme.ts';
import { Updating } from './Updating.tsx';

const element = document.getElementById('root');
if (!element) throw new Error('index.html has no #root');
const root = createRoot(element);

function languageOf(settings: Settings): Language {
  return settings.language === 'system' ? systemLanguage(navigator.languages) : settings.language;
}

/** The key makes a new language draw everything anew: texts are looked up while drawing. */
function draw(language: Language): void {
  root.render(
    <StrictMode>
      <App key={language} />
    </StrictMode>,
  );
}

/** Until the program answers, what it does meanwhile: nothing that is worth saying, or the update of an old database. */
async function settingsOrUpdating(): Promise<Settings> {
  const updating = client.on('app.updating', ({ done, total }) => {
    void switchLanguage(systemLanguage(navigator.languages)).then(() => {
      if (!isOver) root.render(<Updating done={done} total={total} />);
    });
  });
  let isOver = false;
  try {
    const [settings] = await Promise.all([loadSettings(), loadRemembered()]);
    return settings;
  } finally {
    isOver = true;
    void updating.dispose();
  }
}

async function start(): Promise<void> {
  applyTheme('system');
  const settings = await settingsOrUpdating();
  applyTheme(settings.theme);
  let language = languageOf(settings);
  await switchLanguage(language);
  draw(language);
  // what the core tells is said from the catalogue, which comes after the first screen
  void loadLaterTexts().then(
    () => draw(language),
    // whatever needs it next asks for it again, and says so
    () => undefined,
  );

  followSystemTheme();
  followSettings();
  followView();
  followImages();
  useSettings.subscribe(({ settings: changed }) => {
    if (!changed) return;
    applyTheme(changed.theme);
    const next = languageOf(changed);
    if (next === language) return;
    language = next;
    void switchLanguage(next).then(() => draw(next));
  });
  await Promise.all([followClusters(), followActivity()]);
}

start().catch((error: unknown) => {
  root.render(
    <div className="page-error">
      <ErrorNotice
        title={t('app.startFailed')}
        error={appErrorOf(error)}
        action={<Button onPress={() => window.location.reload()}>{t('ui.tryAgain')}</Button>}
      />
    </div>,
  );
});
