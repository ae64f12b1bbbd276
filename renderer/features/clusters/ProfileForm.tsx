import { useState } from 'react';
import type { ClusterProfile } from '../../../shared/domain/cluster.ts';
import type { AppError } from '../../../shared/errors/appError.ts';
import { appErrorOf, loadClusters } from '../../client/clusters.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, ErrorNotice, Group, NumberField, TextField, type FieldProblem } from '../../ui/index.ts';
import { AuthOrder } from './AuthOrder.tsx';
import { draftOf, idFor, NEW_PROFILE, problemsOf, profileOf, type ProfileDraft, type ProfileProblem } from './profile.ts';

function problemText(problem: ProfileProblem): string {
  switch (problem) {
    case 'needed':
    case 'size':
    case 'rate':
      return t('clusters.form.needed');
    case 'port':
      return t('clusters.form.range', { min: 1, max: 65_535 });
    case 'poll':
      return t('clusters.form.range', { min: 2, max: 3600 });
    case 'currency':
      return t('clusters.form.currencyProblem');
    case 'method':
      return t('clusters.form.noMethod');
  }
}

/** `onDone` with the id of the saved cluster, or null when it was given up. The demo cluster fills in host, user and key itself. */
export function ProfileForm({ profile, takenIds, onDone }: { profile: ClusterProfile | null; takenIds: readonly string[]; onDone: (id: string | null) => void }) {
  const [draft, setDraft] = useState<ProfileDraft>(() => (profile ? draftOf(profile) : NEW_PROFILE));
  const [shows, setShows] = useState<ReadonlySet<keyof ProfileDraft>>(new Set());
  const [error, setError] = useState<AppError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const problems = problemsOf(draft);
  const isDemo = profile?.kind === 'demo';

  const set = <K extends keyof ProfileDraft>(key: K, value: ProfileDraft[K]): void => setDraft((old) => ({ ...old, [key]: value }));
  /** A field complains when it was left, not while it is empty from the start. */
  const touch = (key: keyof ProfileDraft): void => setShows((old) => new Set([...old, key]));
  const problemOf = (key: keyof ProfileDraft): FieldProblem | null => {
    const problem = problems[key];
    return problem && shows.has(key) ? { severity: 'error', message: problemText(problem) } : null;
  };
  const text = (key: 'name' | 'host' | 'user' | 'runRoot' | 'slurmBin' | 'currency' | 'maxFileSize' | 'imageFolders') => ({
    value: draft[key],
    onChange: (value: string) => set(key, value),
    onBlur: () => touch(key),
    problem: problemOf(key),
  });
  const number = (key: 'port' | 'pollSeconds' | 'nodeHour' | 'memoryGbHour' | 'gpuHour' | 'coreHour') => ({
    value: draft[key],
    onChange: (value: number | null) => set(key, value),
    onBlur: () => touch(key),
    problem: problemOf(key),
  });

  const save = async (): Promise<void> => {
    setShows(new Set(Object.keys(draft) as (keyof ProfileDraft)[]));
    if (Object.keys(problems).length > 0) return;
    setBusy(true);
    setError(null);
    try {
      const saved = await client.call('clusters.save', { profile: profileOf(draft, profile, idFor(draft.name, takenIds)) });
      await loadClusters();
      onDone(saved.profile.id);
    } catch (failure) {
      setError(appErrorOf(failure));
      setBusy(false);
    }
  };

  return (
    <form
      className="profile-form"
      aria-label={profile ? t('clusters.form.editTitle', { name: profile.name }) : t('clusters.form.newTitle')}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <header className="cluster-head">
        <h2>{profile ? t('clusters.form.editTitle', { name: profile.name }) : t('clusters.form.newTitle')}</h2>
      </header>
      <div className="profile-body">
        {error ? <ErrorNotice error={error} /> : null}
        <Group title={t('clusters.form.connection')}>
          <TextField label={t('clusters.form.name')} help={t('clusters.form.nameHelp')} required {...text('name')} />
          {isDemo ? null : (
            <>
              <div className="profile-row profile-row-host">
                <TextField label={t('clusters.form.host')} help={t('clusters.form.hostHelp')} required mono {...text('host')} />
                <NumberField label={t('clusters.form.port')} required min={1} max={65_535} {...number('port')} />
                <TextField label={t('clusters.form.user')} required mono {...text('user')} />
              </div>
              <AuthOrder auth={draft.auth} onChange={(auth) => set('auth', auth)} problem={problemOf('auth')} />
              <p className="secondary">{t('clusters.form.secrets')}</p>
            </>
          )}
        </Group>
        <Group title={t('clusters.form.folders')}>
          <TextField label={t('clusters.form.runRoot')} help={t('clusters.form.runRootHelp')} required mono {...text('runRoot')} />
          <TextField label={t('clusters.form.imageFolders')} help={t('clusters.form.imageFoldersHelp')} rows={3} mono {...text('imageFolders')} />
          {isDemo ? null : <TextField label={t('clusters.form.slurmBin')} help={t('clusters.form.slurmBinHelp')} mono {...text('slurmBin')} />}
          <div className="profile-row">
            <NumberField label={t('clusters.form.poll')} help={t('clusters.form.pollHelp')} unit="s" min={2} max={3600} {...number('pollSeconds')} />
            <TextField label={t('clusters.form.maxFile')} {...text('maxFileSize')} />
          </div>
        </Group>
        <Group title={t('clusters.form.rates')}>
          <div className="profile-row">
            <TextField label={t('clusters.form.currency')} {...text('currency')} />
            <NumberField label={t('clusters.form.nodeHour')} min={0} step={0.1} {...number('nodeHour')} />
            <NumberField label={t('clusters.form.memoryGbHour')} min={0} step={0.01} {...number('memoryGbHour')} />
            <NumberField label={t('clusters.form.gpuHour')} min={0} step={0.05} {...number('gpuHour')} />
            <NumberField label={t('clusters.form.coreHour')} min={0} step={0.01} {...number('coreHour')} />
          </div>
        </Group>
      </div>
      <footer className="profile-actions">
        <Button onPress={() => onDone(null)}>{t('ui.cancel')}</Button>
        <Button variant="primary" type="submit" isDisabled={isBusy}>
          {t('clusters.form.save')}
        </Button>
      </footer>
    </form>
  );
}
