import { Activity } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import type { ClusterProfile, ConnectionTestStep } from '../../../shared/domain/cluster/profile.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { loadClusters } from '../../stores/clusters.ts';
import { client } from '../../client/index.ts';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import {
  Button,
  Checkbox,
  ComboBox,
  ConfirmDialog,
  ErrorNotice,
  Group,
  NumberField,
  Section,
  TextField,
  type FieldProblem,
} from '../../ui/index.ts';
import { AuthOrder } from './AuthOrder.tsx';
import { BrowseButton } from './BrowseButton.tsx';
import { ConnectionDiagnosis } from './ConnectionDiagnosis.tsx';
import { JumpHosts } from './JumpHosts.tsx';
import {
  draftOf,
  idFor,
  linesOf,
  NEW_PROFILE,
  problemsOf,
  profileOf,
  type ProfileDraft,
  type ProfileProblem,
} from './profile.ts';
import { useSshHosts } from './sshConfig.ts';
import { useConnectionDiagnosis } from './useConnectionDiagnosis.ts';
import './ProfileForm.css';

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
    case 'imageNodes':
      return t('clusters.form.imageNodesProblem');
    case 'runRoot':
      return t('clusters.form.runRootProblem');
  }
}

function focusField(name: string): void {
  const box = document.querySelector<HTMLElement>(`[data-field="${CSS.escape(name)}"]`);
  (box?.querySelector<HTMLElement>('input, textarea') ?? box)?.focus();
}

interface ProfileFormProps {
  /** The saved profile that is changed, or null for a new one. */
  profile: ClusterProfile | null;
  /** What a new one begins with: as ssh would connect to a name. */
  start?: ClusterProfile | null;
  /** Ids that a new cluster cannot have. */
  takenIds: readonly string[];
  /** With the id of the saved cluster, or null when it was given up. */
  onDone: (id: string | null) => void;
  /** The field that the person came for. */
  focus?: string | undefined;
  /** Shown above the fields. */
  notice?: ReactNode;
  /** Begin anew with what the SSH configuration says of this name. */
  onTakeAlias?: (alias: string) => void;
}

/** The settings of a cluster. The demo cluster fills in host, user and key itself. */
export function ProfileForm({ profile, start = null, takenIds, onDone, focus, notice, onTakeAlias }: ProfileFormProps) {
  const base = profile ?? start;
  const [first] = useState<ProfileDraft>(() => (base ? draftOf(base) : NEW_PROFILE));
  const [draft, setDraft] = useState(first);
  const [shows, setShows] = useState<ReadonlySet<string>>(new Set());
  const [showsAll, setShowsAll] = useState(false);
  const [error, setError] = useState<CodedError | null>(null);
  const [isBusy, setBusy] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const [opensHostKeys, setOpensHostKeys] = useRemembered('clusters.form.hostKeys', false);
  const tester = useConnectionDiagnosis();
  const problems = problemsOf(draft);
  const isDemo = profile?.kind === 'demo';
  const hosts = useSshHosts(!isDemo);

  useEffect(() => {
    if (focus !== undefined) focusField(focus);
  }, [focus]);

  const set = <K extends keyof ProfileDraft>(key: K, value: ProfileDraft[K]): void =>
    setDraft((old) => ({ ...old, [key]: value }));
  /** A field complains when it was left, not while it is empty from the start. */
  const touch = (name: string): void => setShows((old) => new Set([...old, name]));
  const problemOf = (name: string): FieldProblem | null => {
    const problem = problems[name];
    return problem && (showsAll || shows.has(name)) ? { severity: 'error', message: problemText(problem) } : null;
  };
  const text = (
    key:
      | 'name'
      | 'host'
      | 'user'
      | 'runRoot'
      | 'slurmBin'
      | 'currency'
      | 'maxFileSize'
      | 'imageFolders'
      | 'imageNodes'
      | 'quotaCommand'
      | 'communityFolder'
      | 'knownHosts'
      | 'hostKeyAlias',
  ) => ({
    value: draft[key],
    onChange: (value: string) => set(key, value),
    onBlur: () => touch(key),
    problem: problemOf(key),
    name: key,
  });
  const number = (key: 'port' | 'pollSeconds' | 'nodeHour' | 'memoryGbHour' | 'gpuHour' | 'coreHour') => ({
    value: draft[key],
    onChange: (value: number | null) => set(key, value),
    onBlur: () => touch(key),
    problem: problemOf(key),
    name: key,
  });

  /** The profile of this form, or null with the problems shown and the first of them focused. */
  const complete = (shown: ProfileDraft): ReturnType<typeof profileOf> | null => {
    const [wrong] = Object.keys(problemsOf(shown));
    if (wrong === undefined) return profileOf(shown, base, profile?.id ?? idFor(shown.name, takenIds));
    setShowsAll(true);
    focusField(wrong);
    return null;
  };
  const save = async (): Promise<void> => {
    const made = complete(draft);
    if (made === null) return;
    setBusy(true);
    setError(null);
    try {
      const saved = await client.call('clusters.save', { profile: made });
      await loadClusters();
      onDone(saved.profile.id);
    } catch (failure) {
      setError(appErrorOf(failure));
      setBusy(false);
    }
  };
  const test = (): void => {
    // a name is not needed to connect
    const made = complete({ ...draft, name: draft.name.trim() === '' ? draft.host : draft.name });
    if (made !== null) tester.start({ clusterId: made.id, profile: made });
  };
  const leave = (): void => {
    if (draft === first || JSON.stringify(draft) === JSON.stringify(first)) onDone(null);
    else setLeaving(true);
  };
  const alias = hosts.find((host) => host.alias === draft.host.trim() && host.alias !== base?.importedFrom);
  const nextStep = ({ step }: ConnectionTestStep) => {
    const field =
      step === 'login'
        ? 'user'
        : step === 'runRoot' || step === 'quota'
          ? 'runRoot'
          : step === 'slurm'
            ? 'slurmBin'
            : 'host';
    return (
      <Button
        size="dense"
        onPress={() => document.querySelector<HTMLElement>(`[data-field="${field}"] input`)?.focus()}
      >
        {t('clusters.testing.edit')}
      </Button>
    );
  };

  const title = profile ? t('clusters.form.editTitle', { name: profile.name }) : t('clusters.form.newTitle');
  return (
    <form
      className="profile-form"
      aria-label={title}
      data-testid="cluster-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <header className="cluster-head">
        <h2>{title}</h2>
      </header>
      <div className="profile-body">
        {start?.importedFrom ? (
          <p className="note">{t('clusters.import.from', { alias: start.importedFrom })}</p>
        ) : null}
        {notice}
        {error ? <ErrorNotice error={error} /> : null}
        <Group title={t('clusters.form.connection')}>
          <TextField
            label={t('clusters.form.name')}
            help={t('clusters.form.nameHelp')}
            required
            autoFocus={profile === null}
            {...text('name')}
          />
          {isDemo ? null : (
            <>
              <div className="profile-row profile-row-host">
                <ComboBox
                  label={t('clusters.form.host')}
                  help={t('clusters.form.hostHelp')}
                  required
                  mono
                  items={hosts.map((host) => ({
                    id: host.alias,
                    label: host.alias,
                    detail: `${host.user}@${host.host}`,
                  }))}
                  {...text('host')}
                  problem={
                    alias && onTakeAlias
                      ? {
                          severity: 'info',
                          message: t('clusters.form.isAlias', { alias: alias.alias }),
                          fix: { label: t('clusters.form.takeAlias'), onPress: () => onTakeAlias(alias.alias) },
                        }
                      : problemOf('host')
                  }
                />
                <NumberField label={t('clusters.form.port')} required min={1} max={65_535} {...number('port')} />
                <TextField label={t('clusters.form.user')} required mono {...text('user')} />
              </div>
              <AuthOrder
                label={t('clusters.form.auth')}
                auth={draft.auth}
                onChange={(auth) => set('auth', auth)}
                name="auth"
                problemOf={problemOf}
                onBlur={touch}
              />
              <p className="secondary">{t('clusters.form.secrets')}</p>
              <JumpHosts
                jump={draft.jump}
                auth={draft.auth}
                onChange={(jump) => set('jump', jump)}
                problemOf={problemOf}
                onBlur={touch}
              />
            </>
          )}
        </Group>
        {isDemo ? null : (
          <Section title={t('clusters.form.hostKeys')} isOpen={opensHostKeys} onToggle={setOpensHostKeys}>
            <div className="profile-fold">
              <TextField
                label={t('clusters.form.knownHosts')}
                help={t('clusters.form.knownHostsHelp')}
                rows={2}
                mono
                {...text('knownHosts')}
                aside={
                  <BrowseButton
                    what="knownHosts"
                    label={t('clusters.form.knownHosts')}
                    onChosen={(file) => set('knownHosts', [...linesOf(draft.knownHosts), file].join('\n'))}
                  />
                }
              />
              <Checkbox isSelected={draft.hashHosts} onChange={(hashHosts) => set('hashHosts', hashHosts)}>
                {t('clusters.form.hashHosts')}
              </Checkbox>
              <TextField
                label={t('clusters.form.hostKeyAlias')}
                help={t('clusters.form.hostKeyAliasHelp')}
                mono
                {...text('hostKeyAlias')}
              />
            </div>
          </Section>
        )}
        <Group title={t('clusters.form.folders')}>
          <TextField
            label={t('clusters.form.runRoot')}
            help={t('clusters.form.runRootHelp')}
            required
            mono
            {...text('runRoot')}
          />
          <Checkbox isSelected={draft.groupMayRead} onChange={(groupMayRead) => set('groupMayRead', groupMayRead)}>
            {t('clusters.form.groupMayRead')}
          </Checkbox>
          <TextField
            label={t('clusters.form.imageFolders')}
            help={t('clusters.form.imageFoldersHelp')}
            rows={3}
            mono
            {...text('imageFolders')}
          />
          <TextField
            label={t('clusters.form.imageNodes')}
            help={t('clusters.form.imageNodesHelp')}
            rows={2}
            mono
            placeholder="gpu: /scratch/images"
            {...text('imageNodes')}
          />
          <TextField
            label={t('clusters.form.communityFolder')}
            help={t('clusters.form.communityFolderHelp')}
            mono
            {...text('communityFolder')}
          />
          {isDemo ? null : (
            <TextField
              label={t('clusters.form.slurmBin')}
              help={t('clusters.form.slurmBinHelp')}
              mono
              {...text('slurmBin')}
            />
          )}
          <TextField
            label={t('clusters.form.quotaCommand')}
            help={t('clusters.form.quotaCommandHelp')}
            mono
            {...text('quotaCommand')}
          />
          <div className="profile-row">
            <NumberField
              label={t('clusters.form.poll')}
              help={t('clusters.form.pollHelp')}
              unit="s"
              min={2}
              max={3600}
              {...number('pollSeconds')}
            />
            <TextField label={t('clusters.form.maxFile')} {...text('maxFileSize')} />
          </div>
        </Group>
        <Group title={t('clusters.form.rates')}>
          <p className="secondary">{t('clusters.form.ratesHelp')}</p>
          <div className="profile-row">
            <TextField label={t('clusters.form.currency')} {...text('currency')} />
            <NumberField label={t('clusters.form.nodeHour')} min={0} step={0.1} {...number('nodeHour')} />
            <NumberField label={t('clusters.form.memoryGbHour')} min={0} step={0.01} {...number('memoryGbHour')} />
            <NumberField label={t('clusters.form.gpuHour')} min={0} step={0.05} {...number('gpuHour')} />
            <NumberField label={t('clusters.form.coreHour')} min={0} step={0.01} {...number('coreHour')} />
          </div>
        </Group>
      </div>
      {tester.run ? (
        // beside the fields, not among them: what failed and what is to be changed are seen together
        <div className="profile-test">
          <ConnectionDiagnosis
            tester={tester}
            title={`${draft.user}@${draft.host}:${String(draft.port)}`}
            onAgain={test}
            nextStep={nextStep}
          />
        </div>
      ) : null}
      <footer className="profile-actions">
        <Button icon={Activity} isDisabled={tester.run?.status === 'running'} onPress={test}>
          {t('clusters.test')}
        </Button>
        <span className="spring" />
        <Button onPress={leave}>{t('ui.cancel')}</Button>
        <Button variant="primary" type="submit" isDisabled={isBusy}>
          {t('clusters.form.save')}
        </Button>
      </footer>
      <ConfirmDialog
        title={t('clusters.form.discardTitle')}
        confirmLabel={t('clusters.form.discard')}
        cancelLabel={t('clusters.form.stay')}
        isOpen={isLeaving}
        onClose={() => setLeaving(false)}
        onConfirm={() => onDone(null)}
      >
        <p>{t('clusters.form.discardText')}</p>
      </ConfirmDialog>
    </form>
  );
}
