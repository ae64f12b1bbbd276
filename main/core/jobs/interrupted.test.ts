import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { quote } from '../../../shared/lib/quote.ts';
import type { RemoteConnection } from '../ports.ts';
import { betweenConnections } from '../testing/betweenAdapters.ts';
import { openTarget, openWitness, profileOf, type ClusterTarget, type Witness } from '../testing/clusterTarget.ts';
import { startCore, testDraft, writeTestTemplates, type CoreUnderTest } from '../testing/coreUnderTest.ts';

/** What goes wrong with the next submission. */
type Mishap =
  | 'none'
  /** sbatch was begun by a process that is dead now, and nobody knows what became of it. */
  | 'sbatch-vanished'
  /** The same, but sbatch had handed the job to Slurm before it died. */
  | 'sbatch-vanished-after-work'
  /** The upload hangs until it is given up. */
  | 'upload-hangs'
  /** The disk of the cluster is full. */
  | 'disk-full';

describe('a submission that does not go straight', () => {
  let target: ClusterTarget;
  let closeTarget: () => Promise<void>;
  let witness: Witness;
  let folder: string;
  let file: string;
  let profile: ClusterProfile;
  let core: CoreUnderTest;
  let mishap: Mishap = 'none';

  /** Leaves the protocol's files as a runner does that was killed in the middle of sbatch. */
  const leaveDeadAttempt = async ({ runFolder, script }: JobRecord, withJob: boolean): Promise<void> => {
    const d = quote(`${runFolder}/.slipway`);
    await witness.run(
      `mkdir -p ${d}/attempt-1 && printf '%s %s\\n' "$(uname -n)" 999999999 >${d}/attempt-1/owner && printf %s ${quote(script)} >${quote(`${runFolder}/job.sh`)}`,
    );
    if (withJob) await witness.slurm(`cd ${quote(runFolder)} && sbatch --parsable job.sh`);
  };

  const between = (connection: RemoteConnection): Pick<RemoteConnection, 'shell' | 'files'> => ({
    shell: {
      run: async (script, options) => {
        if (mishap.startsWith('sbatch-vanished') && script.includes('sbatch --ignore-pbs --parsable')) {
          const withJob = mishap === 'sbatch-vanished-after-work';
          mishap = 'none';
          const [job] = core.store.jobs.watched().filter(({ phase }) => phase === 'submitting');
          const record = job === undefined ? null : core.store.jobs.get(job.runId);
          if (record !== null) await leaveDeadAttempt(record, withJob);
        }
        return connection.shell.run(script, options);
      },
    },
    files: {
      ...connection.files,
      upload: async (localPath, remotePath, options) => {
        if (mishap === 'disk-full')
          throw new AppError('REMOTE_FILE_DENIED', {
            details: { path: remotePath, reason: 'No space left on device' },
          });
        if (mishap === 'upload-hangs') {
          await new Promise((_, reject) =>
            options?.signal?.addEventListener('abort', () => reject(new AppError('CANCELLED')), { once: true }),
          );
        }
        return connection.files.upload(localPath, remotePath, options);
      },
    },
  });

  beforeAll(async () => {
    const opened = await openTarget();
    target = opened.target;
    closeTarget = opened.dispose;
    witness = await openWitness(target);
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-interrupted-'));
    file = path.join(folder, 'input.dat');
    await writeFile(file, 'bytes');
    profile = profileOf(target);
    await writeTestTemplates(path.join(folder, 'data'));
    core = await startCore({
      dataFolder: path.join(folder, 'data'),
      hostKeyFingerprint: target.hostKeyFingerprint,
      wrap: ({ store, connector }) => ({ store, connector: betweenConnections(connector, between) }),
    });
    await core.call('clusters.save', { profile });
    await core.call('settings.update', { changes: { submissionsPerMinute: 600 } });
    await core.connect(profile.id);
  });

  afterAll(async () => {
    await core.dispose();
    await witness.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    mishap = 'none';
  });

  const begin = async (what: Mishap, input: string | null): Promise<JobRecord> => {
    mishap = what;
    return core.call('jobs.submit', { draft: await testDraft(core, profile, input) });
  };
  const inPhase = ({ runId }: JobRecord, ...phases: JobRecord['phase'][]): Promise<JobRecord> =>
    core.until(runId, ({ phase }) => phases.includes(phase));

  it('finds the job whose sbatch died before it could say the id', async () => {
    const job = await inPhase(await begin('sbatch-vanished-after-work', null), 'submitted', 'rejected');
    expect(job.phase).toBe('submitted');
    expect(await witness.jobsIn(job.runFolder)).toEqual([job.jobId]);
  });

  it('is ambiguous when nobody knows what sbatch did, and can be given up by a person', async () => {
    const job = await inPhase(await begin('sbatch-vanished', null), 'ambiguous');
    const given = await core.call('jobs.decide', { runId: job.runId, decision: { kind: 'never-ran' } });
    expect(given.phase).toBe('abandoned');
    expect(await witness.jobsIn(job.runFolder)).toEqual([]);
    // should the job turn up after all, it ends without doing anything
    await witness.slurm(`cd ${quote(job.runFolder)} && sbatch --parsable job.sh`);
    const output = (name: string, text: string): Promise<boolean> =>
      witness.run(`grep -q ${quote(text)} ${quote(job.runFolder)}/slurm-*.${name}`).then(
        () => true,
        () => false,
      );
    await expect.poll(() => output('err', 'this run was given up'), { timeout: 20_000, interval: 200 }).toBe(true);
    expect(await output('out', 'ran in')).toBe(false);
  });

  it('can be settled by the person who knows the job id', async () => {
    const job = await inPhase(await begin('sbatch-vanished', null), 'ambiguous');
    const found = await core.call('jobs.decide', { runId: job.runId, decision: { kind: 'found', jobId: '987654' } });
    expect(found).toMatchObject({ phase: 'submitted', jobId: '987654', error: null });
    await expect(core.call('jobs.decide', { runId: job.runId, decision: { kind: 'never-ran' } })).rejects.toMatchObject(
      { name: 'JOB_ACTION_FAILED' },
    );
  });

  it('is cancelled while its files are on their way, leaving no job, and can be taken up again', async () => {
    const job = await inPhase(await begin('upload-hangs', file), 'uploading');
    expect(await core.call('jobs.cancel', { runId: job.runId })).toMatchObject({
      phase: 'cancelled',
      error: { name: 'CANCELLED' },
    });
    expect(await witness.jobsIn(job.runFolder)).toEqual([]);
    mishap = 'none';
    await core.call('jobs.resume', { runId: job.runId });
    const done = await inPhase(job, 'submitted', 'rejected');
    expect(await witness.jobsIn(job.runFolder)).toEqual([done.jobId]);
  });

  it('stops with the cluster’s own words when a file cannot be written there, and is not tried again by itself', async () => {
    const job = await inPhase(await begin('disk-full', file), 'rejected', 'submitted');
    expect(job).toMatchObject({
      phase: 'rejected',
      error: { name: 'REMOTE_FILE_DENIED', message: expect.stringContaining('No space left') as string },
    });
    const { steps } = await core.call('jobs.get', { runId: job.runId });
    expect(steps.map(({ step, state }) => `${step} ${state}`)).toEqual([
      'checks done',
      'folder done',
      'files failed',
      'script waiting',
      'sbatch waiting',
      'record waiting',
    ]);
  });

  it('stops when the file was deleted here before it was sent', async () => {
    const gone = path.join(folder, 'gone.dat');
    await writeFile(gone, 'bytes');
    mishap = 'upload-hangs';
    const draft = await testDraft(core, profile, gone);
    const job = await core.call('jobs.submit', { draft });
    await inPhase(job, 'uploading');
    await core.call('jobs.cancel', { runId: job.runId });
    await rm(gone);
    mishap = 'none';
    await core.call('jobs.resume', { runId: job.runId });
    expect(await inPhase(job, 'rejected', 'submitted')).toMatchObject({
      phase: 'rejected',
      error: { name: 'FILE_NOT_FOUND' },
    });
  });
});
