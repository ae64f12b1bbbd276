/** Pressing Submit, exactly once per attempt. */
import { type Attempt, formSessionOf, updateFormSession } from '../form/session/index.ts';
import type { RequestId } from '../../../shared/domain/ids.ts';
import { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { putRun } from '../../stores/runs.ts';

function newRequestId(): RequestId {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `q${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}` as RequestId;
}

/** Submits what the draft says now. While an attempt is under way this does nothing: a double click is one job. */
export async function submit(key: string): Promise<void> {
  const session = formSessionOf(key);
  if (session?.submission.kind !== 'editing') return;
  await send(key, { requestId: newRequestId(), draft: session.draft });
}

/** Asks again after a lost reply: the same request id and the same draft, so that it is the same job if it was taken. */
export async function sendAgain(key: string): Promise<void> {
  const submission = formSessionOf(key)?.submission;
  if (submission?.kind === 'lost') await send(key, submission.attempt);
}

async function send(key: string, attempt: Attempt): Promise<void> {
  updateFormSession(key, (session) => ({ ...session, submission: { kind: 'sending', attempt } }));
  try {
    const job = await client.call('jobs.submit', attempt);
    putRun(job);
    updateFormSession(key, (session) => ({ ...session, submission: { kind: 'sent', runId: job.runId } }));
  } catch (thrown) {
    const error = appErrorOf(thrown);
    const isLost = CodedError.is(error, 'HOST_UNREACHABLE', 'CANCELLED');
    updateFormSession(key, (session) => ({
      ...session,
      submission: isLost ? { kind: 'lost', attempt, error } : { kind: 'editing', error },
    }));
  }
}

/** Leaves the receipt; the job goes on. */
export function backToEdit(key: string): void {
  updateFormSession(key, (session) => ({ ...session, submission: { kind: 'editing', error: null } }));
}
