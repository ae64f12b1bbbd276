import { useEffect, useRef, useState } from 'react';
import type { Settings } from '../../../shared/contract/program.ts';
import type { OutputOf } from '../../../shared/contract/index.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { changeSettings, useSettings } from '../../client/settings.ts';
import { t } from '../../i18n/index.ts';
import { EmptyState, ErrorNotice, Group, NumberField, SearchField, Select, Skeleton, Switch } from '../../ui/index.ts';
import { SearchX } from 'lucide-react';
import { About } from './About.tsx';
import { FolderSetting } from './FolderSetting.tsx';
import { LogViewer } from './LogViewer.tsx';
import './SettingsPage.css';

type Info = OutputOf<'app.info'>;

/** One page, searchable; every change takes effect at once. */
export function SettingsPage() {
  const settings = useSettings((store) => store.settings);
  const [query, setQuery] = useState('');
  const [info, setInfo] = useState<Info | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const latest = useRef(0);

  useEffect(() => {
    const gone = new AbortController();
    client.call('app.info', {}, { signal: gone.signal }).then(setInfo, (failure: unknown) => {
      if (!gone.signal.aborted) setError(appErrorOf(failure));
    });
    return () => gone.abort();
  }, []);

  if (!settings) return <Skeleton />;
  const refuse = (failure: unknown): void => setError(appErrorOf(failure));
  const change = (changes: Partial<Settings>): void => {
    const mine = ++latest.current;
    // what became of an earlier change does not matter beside a later one; and a notice that goes at once would move a button away under a press
    void changeSettings(changes).then(
      () => {
        if (latest.current === mine) setError(null);
      },
      (failure: unknown) => {
        if (latest.current === mine) refuse(failure);
      },
    );
  };
  const words = query.toLowerCase().split(/\s+/);
  const fits = (...texts: readonly string[]): boolean =>
    words.every((word) => texts.join(' ').toLowerCase().includes(word));

  const shows = {
    theme: fits(t('settings.theme'), t('settings.themeHelp'), t('settings.groups.look')),
    language: fits(t('settings.language'), t('settings.languageHelp'), t('settings.groups.look'), '한국어 English'),
    rate: fits(t('settings.rate'), t('settings.rateHelp'), t('settings.groups.jobs')),
    notifications: fits(t('settings.notifications'), t('settings.notificationsHelp'), t('settings.groups.jobs')),
    private: fits(t('settings.privateTemplates'), t('settings.groups.templates')),
    community: fits(
      t('settings.communityTemplates'),
      t('settings.communityTemplatesHelp'),
      t('settings.groups.templates'),
    ),
    about: fits(
      t('settings.groups.about'),
      t('settings.version'),
      t('settings.dataFolder'),
      t('settings.secrets'),
      t('settings.runtime'),
    ),
    log: fits(t('settings.groups.log'), t('settings.log.requestId')),
  };

  return (
    <div className="settings">
      <header className="settings-head">
        <h1>{t('settings.title')}</h1>
        <SearchField label={t('settings.search')} value={query} onChange={setQuery} />
      </header>
      <div className="settings-body">
        {error ? <ErrorNotice title={t('settings.saveFailed')} error={error} /> : null}
        {Object.values(shows).some(Boolean) ? null : (
          <EmptyState icon={SearchX} title={t('settings.nothing', { query })} />
        )}
        {shows.theme || shows.language ? (
          <Group level={2} title={t('settings.groups.look')}>
            {shows.theme ? (
              <Select
                label={t('settings.theme')}
                help={t('settings.themeHelp')}
                value={settings.theme}
                onChange={(theme) => change({ theme: theme as Settings['theme'] })}
                items={(['system', 'light', 'dark', 'contrast'] as const).map((id) => ({
                  id,
                  label: t(`settings.themes.${id}`),
                }))}
              />
            ) : null}
            {shows.language ? (
              <Select
                label={t('settings.language')}
                help={t('settings.languageHelp')}
                value={settings.language}
                onChange={(language) => change({ language: language as Settings['language'] })}
                items={(['system', 'en', 'ko'] as const).map((id) => ({ id, label: t(`settings.languages.${id}`) }))}
              />
            ) : null}
          </Group>
        ) : null}
        {shows.rate || shows.notifications ? (
          <Group level={2} title={t('settings.groups.jobs')}>
            {shows.rate ? (
              <RateSetting
                value={settings.submissionsPerMinute}
                onChange={(submissionsPerMinute) => change({ submissionsPerMinute })}
              />
            ) : null}
            {shows.notifications ? (
              <Switch
                isSelected={settings.notifications}
                help={t('settings.notificationsHelp')}
                onChange={(notifications) => change({ notifications })}
              >
                {t('settings.notifications')}
              </Switch>
            ) : null}
          </Group>
        ) : null}
        {shows.private || shows.community ? (
          <Group level={2} title={t('settings.groups.templates')}>
            {shows.private ? (
              <FolderSetting
                label={t('settings.privateTemplates')}
                help={t('settings.privateTemplatesHelp')}
                value={settings.privateTemplates}
                onChange={(privateTemplates) => change({ privateTemplates })}
                onError={refuse}
              />
            ) : null}
            {shows.community ? (
              <FolderSetting
                label={t('settings.communityTemplates')}
                help={t('settings.communityTemplatesHelp')}
                value={settings.communityTemplates}
                onChange={(communityTemplates) => change({ communityTemplates })}
                onError={refuse}
              />
            ) : null}
          </Group>
        ) : null}
        {shows.about && info ? <About info={info} /> : null}
        {shows.log ? <LogViewer /> : null}
      </div>
    </div>
  );
}

function RateSetting({ value, onChange }: { value: number; onChange: (value: number) => void }) {
  const [draft, setDraft] = useState<number | null>(value);
  const isValid = draft !== null && Number.isInteger(draft) && draft >= 1 && draft <= 600;
  return (
    <NumberField
      label={t('settings.rate')}
      help={t('settings.rateHelp')}
      problem={isValid ? null : { severity: 'error', message: t('settings.rateProblem') }}
      value={draft}
      min={1}
      max={600}
      onChange={(next) => {
        setDraft(next);
        if (next !== null && Number.isInteger(next) && next >= 1 && next <= 600) onChange(next);
      }}
    />
  );
}
