import { useState } from 'react';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import type { InputOf } from '../../../shared/contract/index.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, ConfirmDialog, ErrorNotice, TextField } from '../../ui/index.ts';

/** As squeue prints it: a number, or `N_T` for an array task. */
const JOB_ID = /^\d+(?:_\d+)?$/;

/** An ambiguous submission: what is known is said, and the person may settle it. Slipway never guesses. */
export function Decision({ runId }: { runId: JobRecord['runId'] }) {
  const [jobId, setJobId] = useState('');
  const [isAsking, setAsking] = useState(false);
  const [error, setError] = useState<CodedError | null>(null);
  const isId = JOB_ID.test(jobId.trim());
  const decide = async (decision: InputOf<'jobs.decide'>['decision']): Promise<void> => {
    setError(null);
    try {
      await client.call('jobs.decide', { runId, decision });
    } catch (failure) {
      setError(appErrorOf(failure));
    }
  };
  const found = (): void => {
    if (isId) void decide({ kind: 'found', jobId: jobId.trim() });
  };
  return (
    <div className="decide" role="group" aria-label={t('jobs.ambiguous.title')} data-testid="decide">
      <h3>{t('jobs.ambiguous.title')}</h3>
      <p>{t('jobs.ambiguous.text')}</p>
      <div className="decide-answer">
        <TextField
          label={t('jobs.ambiguous.found')}
          value={jobId}
          onChange={setJobId}
          onSubmit={found}
          problem={jobId === '' || isId ? null : { severity: 'error', message: t('jobs.ambiguous.idProblem') }}
        />
        <Button isDisabled={!isId} onPress={found}>
          {t('jobs.ambiguous.foundAction')}
        </Button>
        <Button onPress={() => setAsking(true)}>{t('jobs.ambiguous.never')}</Button>
      </div>
      {error ? <ErrorNotice error={error} /> : null}
      <ConfirmDialog
        title={t('jobs.ambiguous.neverTitle')}
        confirmLabel={t('jobs.ambiguous.never')}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => decide({ kind: 'never-ran' })}
      >
        <p>{t('jobs.ambiguous.neverText')}</p>
      </ConfirmDialog>
    </div>
  );
}
