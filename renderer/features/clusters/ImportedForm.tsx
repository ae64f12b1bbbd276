import { useEffect, useState } from 'react';
import type { OutputOf } from '../../../shared/contract/index.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, ErrorNotice, Skeleton, navigate } from '../../ui/index.ts';
import { ProfileForm } from './ProfileForm.tsx';
import { Notes } from './SshConfigImport.tsx';
import type { Reading } from './sshConfig.ts';

/** The form of a new cluster, filled in as ssh would connect to a name. Nothing is saved before the person says so. */
export function ImportedForm({
  alias,
  takenIds,
  onDone,
}: {
  alias: string;
  takenIds: readonly string[];
  onDone: (id: string | null) => void;
}) {
  const [reading, setReading] = useState<Reading<OutputOf<'clusters.fromSshConfig'>>>();
  useEffect(() => {
    const gone = new AbortController();
    client.call('clusters.fromSshConfig', { alias }, { signal: gone.signal }).then(
      (value) => setReading({ value, error: null }),
      (failure: unknown) => {
        if (!gone.signal.aborted) setReading({ value: null, error: appErrorOf(failure) });
      },
    );
    return () => gone.abort();
  }, [alias]);
  if (reading === undefined) return <Skeleton />;
  if (reading.error) {
    return (
      <div className="clusters-notice">
        <ErrorNotice
          error={reading.error}
          action={<Button onPress={() => navigate('clusters', ['new'])}>{t('clusters.addByHand')}</Button>}
        />
      </div>
    );
  }
  const { profile, notes } = reading.value;
  return (
    <ProfileForm
      profile={null}
      start={profile}
      takenIds={takenIds}
      onDone={onDone}
      notice={notes.length > 0 ? <Notes notes={notes} /> : null}
      onTakeAlias={(other) => navigate('clusters', ['new', other])}
    />
  );
}
