import { inWords } from '../../../shared/messages/catalogue.ts';
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AnyEvent } from '../../../shared/contract/index.ts';
import type { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { isFinal } from '../../../shared/domain/job/state.ts';
import { message } from '../../../shared/messages/message.ts';
import { quote } from '../../../shared/lib/quote.ts';
import type { CorePorts, RemoteFiles } from '../ports.ts';
import { openTarget, openWitness, profileOf, type ClusterTarget, type Witness } from '../testing/clusterTarget.ts';
import {
  startCore,
  testDraft,
  writeTestTemplates,
  type CoreOptions,
  type CoreUnderTest,
} from '../testing/coreUnderTest.ts';
import { betweenConnections } from '../testing/betweenAdapters.ts';

describe('a job, from the draft to its end', () => {
  let target: ClusterTarget;
  let closeTarget: () => Promise<void>;
  let witness: Witness;
  let folder: string;
  let dataFolder: string;
  let profile: ClusterProfile;
  let core: CoreUnderTest;
  let notes: string[] = [];
  let details: { requestId: string | null; event: string; details: Record<string, unknown> | undefined }[] = [];
  let logged: string[] = [];
  let events: AnyEvent[] = [];
  /** The next upload arrives with other bytes than were sent. */
  let damage = false;

  const damaging = (files: RemoteFiles): RemoteFiles => ({
    ...files,
    upload: async (localPath, remotePath, options) => {
      const sent = await files.upload(localPath, remotePath, options);
      if (damage) await files.write(remotePath, 'the fake bytes');
      damage = false;
      return sent;
    },
  });

  const open = async (): Promise<void> => {
    const overrides: Partial<CorePorts> = {
      notifier: { notify: ({ title }) => void notes.push(inWords(title)) },
      log: {
        write: (_level, event, requestId, said) => {
          logged.push(`${requestId ?? ''} ${event}`);
          details.push({ requestId, event, details: said });
        },
        query: () => Promise.resolve([]),
      },
    };
    const wrap: CoreOptions['wrap'] = ({ store, connector }) => ({
      store,
      connector: betweenConnections(connector, (connection) => ({
        shell: connection.shell,
        files: damaging(connection.files),
      })),
    });
    core = await startCore({ dataFolder, hostKeyFingerprint: target.hostKeyFingerprint, overrides, wrap });
    core.core.events.on((event) => events.push(event));
    await core.call('clusters.save', { profile });
    await core.call('settings.update', { changes: { submissionsPerMinute: 600 } });
    expect(await core.connect(profile.id)).toMatchObject({ phase: 'ready' });
  };

  beforeAll(async () => {
    const opened = await openTarget();
    target = opened.target;
    closeTarget = opened.dispose;
    witness = await openWitness(target);
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-lifecycle-'));
    dataFolder = path.join(folder, 'data');
    profile = profileOf(target, target.port, 2);
    await writeTestTemplates(dataFolder);
    await open();
  });

  afterAll(async () => {
    await core.dispose();
    await witness.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
  });

  afterEach(() => {
    notes = [];
    logged = [];
    details = [];
    events = [];
  });

  const submit = async (templateId: 'submit-test' | 'held' | 'failing', requestId?: string): Promise<JobRecord> =>
    core.call('jobs.submit', { draft: await testDraft(core, profile, null, templateId), wait: true }, requestId);
  const ended = ({ runId }: JobRecord): Promise<JobRecord> => core.until(runId, ({ state }) => isFinal(state));
  const running = ({ runId }: JobRecord): Promise<JobRecord> =>
    core.until(runId, ({ state, progress }) => state === 'RUNNING' && progress !== null);
  const letGo = (job: JobRecord): Promise<void> => witness.run(`: > ${quote(`${job.runFolder}/go`)}`);

  it('is not stored or sent with an image that is not there, and runs in one that is, which its record knows by size and time', async () => {
    const image = path.join(folder, 'my image.sif');
    // the cluster's own user is to see what is there, and what is not
    await chmod(folder, 0o755);
    const draft = { ...(await testDraft(core, profile, null)), imagePath: image };
    await expect(core.call('jobs.submit', { draft, wait: true })).rejects.toMatchObject({
      name: 'IMAGE_NOT_FOUND',
      code: 3001,
      details: { image },
    });
    await writeFile(image, 'SIF');
    await chmod(image, 0o644);
    const job = await core.call('jobs.submit', { draft, wait: true });
    expect(job.script).toContain('apptainer exec --pwd "$PWD" "$APPTAINER_IMAGE" bash');
    const { imageIdentity } = (await core.call('jobs.get', { runId: job.runId })).job;
    expect(imageIdentity).toMatchObject({ size: 3, uuid: null, digest: null });

    // another file at the same path, at the next run of the template
    await writeFile(image, 'another');
    await core.call('jobs.submit', { draft, wait: true });
    const { problems } = await core.call('scripts.preview', { draft });
    expect(problems.map(({ rule }) => rule)).toContain('image-wrapped');
    await ended(job);
  });

  it('ends with its exit code, its times and a note', async () => {
    const job = await submit('submit-test');
    const end = await ended(job);
    expect(end).toMatchObject({ phase: 'submitted', state: 'COMPLETED', exitCode: 0, error: null });
    expect(end.nodes).not.toBeNull();
    expect(end.startedAt).toBeGreaterThanOrEqual(end.submittedAt ?? Infinity);
    expect(end.endedAt).toBeGreaterThanOrEqual(end.startedAt ?? Infinity);
    expect(notes).toContain('submit-test has finished');
    const { steps, events: timeline } = await core.call('jobs.get', { runId: job.runId });
    expect(steps.map(({ state }) => state)).toEqual(Array(6).fill('done'));
    expect(timeline.map(({ state }) => state)).toEqual(['PENDING', 'RUNNING', 'COMPLETED']);
  });

  it('runs the script as it was edited by hand, and its record says so', async () => {
    const draft = await testDraft(core, profile, null, 'submit-test');
    const { text } = await core.call('scripts.preview', { draft });
    const mine = text
      .replace('# --- Main ---\n', '# --- Main ---\necho by hand\n')
      .replace(/^#SBATCH --time=.*\n/m, '')
      .replace('#!/bin/bash\n', '#!/bin/bash\n#SBATCH -t 7\n');
    const job = await core.call('jobs.submit', {
      draft: { ...draft, edits: [{ file: null, base: text, mine }] },
      wait: true,
    });
    expect(job).toMatchObject({ edited: { script: true, files: [] }, timeLimit: 420 });
    expect(job.request).toMatchObject({ time: '7' });
    expect((await ended(job)).state).toBe('COMPLETED');
    expect((await core.call('jobs.readLog', { runId: job.runId, stream: 'stdout' })).text).toContain('by hand\n');
  });

  it('is sent a converted copy of a script with Windows line ends: its size and hash are those of the copy, and the file stays', async () => {
    const script = path.join(folder, 'steps.sh');
    await writeFile(script, '#!/bin/bash\r\necho hi\r\n');
    const draft = await testDraft(core, profile, script, 'submit-test');
    const job = await core.call('jobs.submit', {
      draft: { ...draft, files: draft.files.map((file) => ({ ...file, slot: null, convert: true })) },
      wait: true,
    });
    const copy = '#!/bin/bash\necho hi\n';
    expect(job.files).toMatchObject([
      {
        size: copy.length,
        sha256: createHash('sha256').update(copy).digest('hex'),
        uploaded: true,
        source: { convert: true },
      },
    ]);
    // the cluster checks the hash of what lies there before it runs the job
    expect((await ended(job)).state).toBe('COMPLETED');
    expect(await readFile(script, 'utf8')).toContain('\r\n');
  });

  it('that fails is told as failed, with what it said', async () => {
    const end = await ended(await submit('failing'));
    expect(end).toMatchObject({ state: 'FAILED', exitCode: 7 });
    expect(notes).toContain('failing has failed');
    expect(await core.call('jobs.readLog', { runId: end.runId, stream: 'stderr' })).toMatchObject({
      text: 'no such luck\n',
      exists: true,
    });
  });

  it('that fails says what most likely ended it and the next step, and no cause where nothing points to one', async () => {
    const draft = await testDraft(core, profile, null, 'failing');
    const { text } = await core.call('scripts.preview', { draft });
    const mine = text.replace('# --- Main ---\n', '# --- Main ---\nno-such-tool --now\nexit 127\n');
    const edits = [{ file: null, base: text, mine }];
    const { runId } = await ended(await core.call('jobs.submit', { draft: { ...draft, edits }, wait: true }));
    expect(await core.call('jobs.explain', { runId })).toEqual({
      reason: null,
      word: null,
      cause: {
        code: 'commandMissing',
        isSure: true,
        said: message('ends.commandMissing.named', { name: 'no-such-tool' }),
        next: message('ends.next.commandMissing'),
      },
      task: null,
      outputRead: true,
    });
    const silent = await ended(await submit('failing'));
    expect(await core.call('jobs.explain', { runId: silent.runId })).toMatchObject({ cause: null, outputRead: true });
  });

  it('that is an array says of which of its tasks it tells that it failed, while the others run', async () => {
    const draft = await testDraft(core, profile, null, 'held', { array: '1-3' });
    const { text } = await core.call('scripts.preview', { draft });
    const mine = text.replace('# --- Main ---\n', '# --- Main ---\n[ "$SLURM_ARRAY_TASK_ID" != 2 ] || exit 3\n');
    const edits = [{ file: null, base: text, mine }];
    const job = await core.call('jobs.submit', { draft: { ...draft, edits }, wait: true });
    await core.until(job.runId, ({ tasks }) => tasks.bad === 1 && tasks.running === 2);
    const failed = (await core.call('jobs.get', { runId: job.runId })).events.filter(({ state }) => state === 'FAILED');
    expect(failed).toMatchObject([{ task: 2, detail: message('events.exitCode', { code: 3 }) }]);
    expect(await core.call('jobs.explain', { runId: job.runId })).toMatchObject({ task: 2, outputRead: true });
    await letGo(job);
    await ended(job);
    const { events: timeline } = await core.call('jobs.get', { runId: job.runId });
    // the last line is of the array as a whole, and so has no exit code
    expect(timeline.filter(({ state }) => state === 'FAILED')).toMatchObject([
      { task: 2 },
      { task: null, detail: null },
    ]);
  });

  it('shows its progress and its output while it runs', async () => {
    const job = await submit('held');
    expect(await running(job)).toMatchObject({ progress: 40, progressText: 'waiting for go' });
    const { operationId } = await core.call('jobs.followLog', { runId: job.runId, stream: 'stdout', offset: 0 });
    await letGo(job);
    expect((await ended(job)).state).toBe('COMPLETED');
    await expect
      .poll(
        () => events.some(({ name, payload }) => name === 'operation.ended' && payload.operationId === operationId),
        { timeout: 10_000 },
      )
      .toBe(true);
    const chunks = events.flatMap(({ name, payload }) => (name === 'jobs.logChunk' ? [payload.text] : []));
    expect(chunks.join('')).toBe('über wait\ndone\n');
    expect(
      await core.call('jobs.readLog', { runId: job.runId, stream: 'stdout', offset: -15, limit: 4 }),
    ).toMatchObject({ text: 'ber', size: 16 });
  });

  it('is cancelled with scancel, and shown so', async () => {
    const job = await submit('held');
    await running(job);
    await core.call('jobs.cancel', { runId: job.runId });
    expect((await ended(job)).state).toBe('CANCELLED');
    expect(notes).toContain('held was cancelled');
  });

  it('is found again with its true end when the program was closed meanwhile', async () => {
    const job = await submit('held');
    await running(job);
    await core.dispose();
    await letGo(job);
    await expect
      .poll(async () => witness.stateOf(job.jobId ?? ''), { timeout: 20_000, interval: 200 })
      .toBe('COMPLETED');
    await open();
    const end = await ended(job);
    expect(end).toMatchObject({ state: 'COMPLETED', exitCode: 0 });
    expect(end.endedAt).toBeGreaterThanOrEqual(end.startedAt ?? Infinity);
  });

  it('is the same job for the same request, however often it is asked for', async () => {
    const requestId = 'the-same-request';
    const draft = await testDraft(core, profile, null);
    const answers = await Promise.all([1, 2, 3].map(() => core.call('jobs.submit', { draft, requestId, wait: true })));
    const later = await core.call('jobs.submit', { draft, requestId, wait: true });
    expect(new Set([...answers, later].map(({ runId }) => runId)).size).toBe(1);
    expect(await witness.jobsIn(later.runFolder)).toEqual([later.jobId]);
  });

  it('writes each step of its submission into the log, under the request', async () => {
    const requestId = 'logged-request';
    const file = path.join(folder, 'measured.dat');
    await writeFile(file, 'bytes');
    await core.call('jobs.submit', { draft: await testDraft(core, profile, file), wait: true }, requestId);
    const steps = [
      'job_submit_start',
      'template_loaded',
      'template_validated',
      'script_generated',
      'file_uploaded',
      'files_validated',
      'sbatch_submit_start',
      'script_saved',
      'job_submitted',
      'db_recorded',
      'job_submit_success',
    ];
    expect(logged.filter((line) => line.startsWith(requestId))).toEqual(steps.map((step) => `${requestId} ${step}`));
  });

  it('says in the log whether it had files, and of a failure its code', async () => {
    const about = (requestId: string, event: string): Record<string, unknown> | undefined =>
      details.find((line) => line.requestId === requestId && line.event === event)?.details;
    const draft = await testDraft(core, profile, null);
    await core.call('jobs.submit', { draft, wait: true }, 'without-files');
    for (const event of ['job_submit_start', 'sbatch_submit_start', 'job_submitted', 'job_submit_success'])
      expect(about('without-files', event)).toMatchObject({ has_files: false });
    const file = path.join(folder, 'given.dat');
    await writeFile(file, 'bytes');
    await core.call('jobs.submit', { draft: await testDraft(core, profile, file), wait: true }, 'with-files');
    for (const event of ['job_submit_start', 'sbatch_submit_start', 'job_submitted', 'job_submit_success'])
      expect(about('with-files', event)).toMatchObject({ has_files: true });
    await core.call(
      'jobs.submit',
      { draft: { ...draft, resources: { reservation: 'no_such_reservation' } }, wait: true },
      'refused-by-slurm',
    );
    expect(about('refused-by-slurm', 'job_submit_refused')).toMatchObject({
      error_code: 4001,
      error: 'SUBMISSION_FAILED',
    });
    await core
      .call('jobs.submit', { draft: { ...draft, resources: { time: 'soon' } }, wait: true }, 'refused-by-checks')
      .catch(() => undefined);
    expect(about('refused-by-checks', 'job_submit_failed')).toMatchObject({ error_code: 4010, error: 'CHECKS_FAILED' });
    await core
      .call('jobs.submit', { draft: { ...draft, templateId: 'none' }, wait: true }, 'no-template')
      .catch(() => undefined);
    expect(about('no-template', 'job_submit_failed')).toMatchObject({ error_code: 1001 });
  });

  it('that Slurm refuses says why, and leaves nothing behind in the queue', async () => {
    const draft = { ...(await testDraft(core, profile, null)), resources: { reservation: 'no_such_reservation' } };
    const job = await core.call('jobs.submit', { draft, wait: true });
    expect(job).toMatchObject({ phase: 'rejected', jobId: null, error: { name: 'SUBMISSION_FAILED' } });
    expect(await witness.jobsIn(job.runFolder)).toEqual([]);
  });

  it('is not begun when its checks fail, and says which', async () => {
    const draft = { ...(await testDraft(core, profile, null)), resources: { time: 'soon' } };
    await expect(core.call('jobs.submit', { draft, wait: true })).rejects.toMatchObject({
      name: 'CHECKS_FAILED',
      details: { problems: [{ field: 'resources.time' }] },
    });
  });

  it('is not begun without a connection', async () => {
    const draft = await testDraft(core, profile, null);
    await core.call('clusters.disconnect', { clusterId: profile.id });
    await expect(core.call('jobs.submit', { draft })).rejects.toMatchObject({ name: 'NOT_CONNECTED' });
    await core.connect(profile.id);
  });

  it('is stopped by the rate guard when too many were submitted within a minute', async () => {
    const draft = await testDraft(core, profile, null);
    await core.call('settings.update', { changes: { submissionsPerMinute: 1 } });
    await expect(core.call('jobs.submit', { draft })).rejects.toMatchObject({ name: 'RATE_LIMITED', retry: true });
    await core.call('settings.update', { changes: { submissionsPerMinute: 600 } });
  });

  it('is sent anew when an input was damaged on the way', async () => {
    const file = path.join(folder, 'damaged.dat');
    await writeFile(file, 'the true bytes');
    damage = true;
    const job = await core.call('jobs.submit', { draft: await testDraft(core, profile, file), wait: true });
    expect(damage).toBe(false);
    expect(job).toMatchObject({ phase: 'submitted', files: [{ uploaded: true }] });
    const { events: timeline } = await core.call('jobs.get', { runId: job.runId });
    expect(timeline).toContainEqual(
      expect.objectContaining({
        state: 'uploading',
        detail: { id: 'errors.FILE_HASH_MISMATCH', values: expect.objectContaining({ name: 'damaged.dat' }) as object },
      }),
    );
  });

  it('can be forgotten once it has ended, and not before', async () => {
    const job = await submit('held');
    await expect(core.call('jobs.remove', { runIds: [job.runId] })).rejects.toMatchObject({
      name: 'JOB_ACTION_FAILED',
    });
    await expect(core.call('clusters.remove', { clusterId: profile.id })).rejects.toMatchObject({
      name: 'CLUSTER_BUSY',
    });
    await letGo(job);
    await ended(job);
    expect(await core.call('jobs.remove', { runIds: [job.runId] })).toEqual({ removed: 1 });
    await expect(core.call('jobs.get', { runId: job.runId })).rejects.toMatchObject({ name: 'JOB_NOT_FOUND' });
  });
});
