import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { isFinal } from '../../../shared/domain/job/state.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { openTarget, openWitness, profileOf, type ClusterTarget, type Witness } from '../testing/clusterTarget.ts';
import { startCore, testDraft, writeTestTemplates, type CoreUnderTest } from '../testing/coreUnderTest.ts';

/** What a job does to the files by which it is watched, in bash; `$exit` is where its end will be written. */
const DEEDS: Record<string, string> = {
  'says 20 MB in one line': `slipway_progress 50 "$(head -c 20000000 /dev/zero | tr '\\0' x)"`,
  'writes 20 MB in one line past slipway_progress': `{ printf '50 '; head -c 20000000 /dev/zero | tr '\\0' x; echo; } >"$SLIPWAY_PROGRESS_FILE"`,
  'writes 20 MB without an end of line': `head -c 20000000 /dev/zero | tr '\\0' 7 | tee "$SLIPWAY_PROGRESS_FILE" >"$exit"`,
  'writes NULs': `head -c 100000 /dev/zero | tee "$SLIPWAY_PROGRESS_FILE" >"$exit"`,
  'writes bytes of no text': `head -c 100000 /dev/urandom | tee "$SLIPWAY_PROGRESS_FILE" >"$exit"`,
  'writes numbers beyond all bounds': `echo 99999999999999999999 99999999999999999999 | tee "$SLIPWAY_PROGRESS_FILE" >"$exit"`,
  'makes FIFOs of them': `mkfifo "$SLIPWAY_PROGRESS_FILE" "$exit"`,
  'links them to an endless device': `ln -s /dev/zero "$SLIPWAY_PROGRESS_FILE"; ln -s /dev/zero "$exit"`,
  'makes folders of them': `mkdir "$SLIPWAY_PROGRESS_FILE" "$exit"`,
  'takes the right to read them away': `echo '50 x' >"$SLIPWAY_PROGRESS_FILE"; echo '0 1' >"$exit"; chmod 0 "$SLIPWAY_PROGRESS_FILE" "$exit"`,
  'takes the right to enter their folder away': `chmod 0 "\${exit%/*}"`,
  'makes a file of their folder': `rm -rf "\${exit%/*}"; echo >"\${exit%/*}"`,
};

describe('a well-behaved job', () => {
  let target: ClusterTarget;
  let closeTarget: () => Promise<void>;
  let witness: Witness;
  let folder: string;
  let profile: ClusterProfile;
  let core: CoreUnderTest;
  let polls: (string | null)[] = [];

  beforeAll(async () => {
    const opened = await openTarget();
    target = opened.target;
    closeTarget = opened.dispose;
    witness = await openWitness(target);
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-odd-jobs-'));
    profile = profileOf(target, target.port, 2);
    await writeTestTemplates(path.join(folder, 'data'));
    core = await startCore({ dataFolder: path.join(folder, 'data'), hostKeyFingerprint: target.hostKeyFingerprint });
    core.core.events.on(({ name, payload }) => {
      if (name === 'jobs.poll') polls.push(payload.error === null ? null : inWords(payload.error));
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

  /** A job that does this first, says so, and waits for `go`. */
  const submit = async (deed: string): Promise<JobRecord> => {
    const draft = await testDraft(core, profile, null, 'patient');
    const { text } = await core.call('scripts.preview', { draft });
    const mine = text.replace(
      '# --- Main ---\n',
      `# --- Main ---\nexit=$slipway_exit_file\nrm -f "$SLIPWAY_PROGRESS_FILE" "$exit"\n${deed}\n: >done\n`,
    );
    expect(mine).not.toBe(text);
    return core.call('jobs.submit', { draft: { ...draft, edits: [{ file: null, base: text, mine }] }, wait: true });
  };
  const until = ({ runId }: JobRecord, is: (job: JobRecord) => boolean): Promise<JobRecord> => core.until(runId, is);
  const made = (job: JobRecord): Promise<void> =>
    witness.run(
      `n=0; until [ -e ${quote(`${job.runFolder}/done`)} ]; do n=$((n + 1)); [ $n -lt 200 ] || exit 1; sleep 0.1; done`,
    );
  const letGo = (job: JobRecord, code: number): Promise<void> =>
    witness.run(`echo ${String(code)} >${quote(`${job.runFolder}/go`)}`);

  it('is watched to its end beside those that leave anything in the place of what they write, and so are they', async () => {
    const odd = await Promise.all(
      Object.entries(DEEDS).map(async ([name, deed]) => ({ name, job: await submit(deed) })),
    );
    await Promise.all(odd.map(({ job }) => until(job, ({ state }) => state === 'RUNNING').then(made)));
    polls = [];
    const good = await submit('slipway_progress 41 fine');
    expect(await until(good, ({ progress }) => progress !== null)).toMatchObject({
      state: 'RUNNING',
      progress: 41,
      progressText: 'fine',
    });
    await letGo(good, 0);
    expect(await until(good, ({ state }) => isFinal(state))).toMatchObject({ state: 'COMPLETED', exitCode: 0 });
    for (const { name, job } of odd)
      expect((await core.call('jobs.get', { runId: job.runId })).job.progressText ?? '', name).toMatch(/^x{0,400}$/);
    await Promise.all(odd.map(({ job }) => letGo(job, 7)));
    for (const { name, job } of odd)
      expect(await until(job, ({ state }) => isFinal(state)), name).toMatchObject({ state: 'FAILED', exitCode: 7 });
    expect(polls.filter((error) => error !== null)).toEqual([]);
    // so that the folder can be removed again
    for (const { job } of odd) await witness.run(`chmod -f 700 ${quote(`${job.runFolder}/.slipway`)}; true`);
  }, 90_000);

  it.each([
    ['a FIFO', 'mkfifo "$out"'],
    ['a link to an endless device', 'ln -s /dev/zero "$out"'],
    ['a folder', 'mkdir "$out"'],
  ])('says that there is %s in the place of its output, instead of waiting for it', async (_, deed) => {
    const job = await submit(`out=$SLIPWAY_RUN_DIR/slurm-$SLURM_JOB_ID.out; rm -f "$out"; ${deed}`);
    await until(job, ({ state }) => state === 'RUNNING');
    await made(job);
    const asked = core.call('jobs.readLog', { runId: job.runId, stream: 'stdout' });
    await expect(asked).rejects.toMatchObject({
      name: 'REMOTE_FILE_DENIED',
      message: expect.stringContaining('no ordinary file') as string,
    });
    expect(await core.call('jobs.readLog', { runId: job.runId, stream: 'stderr' })).toMatchObject({ exists: true });
    await letGo(job, 0);
    await until(job, ({ state }) => isFinal(state));
  });
});
