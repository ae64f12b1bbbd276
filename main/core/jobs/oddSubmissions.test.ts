import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { asItIs, installScript, type Oddity } from '../../../e2e/contract/oddities/oddity.ts';
import { PRINTING, refusing } from '../../../e2e/contract/oddities/submitting.ts';
import type { ClusterProfile } from '../../../shared/domain/cluster.ts';
import type { JobRecord } from '../../../shared/domain/job.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { saidWithoutColours } from '../../slurm/siteWords.ts';
import { SITE_REFUSALS } from '../../slurm/testing/siteRefusals.ts';
import { openTarget, openWitness, profileOf, type Witness } from '../testing/clusterTarget.ts';
import { startCore, testDraft, writeTestTemplates, type CoreUnderTest } from '../testing/coreUnderTest.ts';

/** Seconds, not minutes: with room for a busy computer. */
const SOON_MS = 30_000;

describe('a submission at a site with programs of its own before sbatch', () => {
  let closeTarget: () => Promise<void>;
  let witness: Witness;
  let folder: string;
  let bin: string;
  let profile: ClusterProfile;
  let core: CoreUnderTest;

  const install = (oddity: Oddity): Promise<void> => witness.run(installScript(bin, oddity));
  const submit = async (): Promise<JobRecord> => core.call('jobs.submit', { draft: await testDraft(core, profile, null), wait: true });

  beforeAll(async () => {
    const { target, dispose } = await openTarget();
    closeTarget = dispose;
    witness = await openWitness(target);
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-odd-submissions-'));
    bin = `/tmp/slipway-odd-bin-${path.basename(folder)}`;
    await install(asItIs('sbatch'));
    profile = { ...profileOf(target), slurmBin: bin };
    await writeTestTemplates(path.join(folder, 'data'));
    core = await startCore({ dataFolder: path.join(folder, 'data'), hostKeyFingerprint: target.hostKeyFingerprint });
    await core.call('clusters.save', { profile });
    await core.call('settings.update', { changes: { submissionsPerMinute: 600 } });
    await core.connect(profile.id);
  });

  afterEach(() => install(asItIs('sbatch')));

  afterAll(async () => {
    await core.dispose();
    await witness.run(`rm -rf ${quote(bin)}`);
    await witness.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(Object.entries(PRINTING))('that prints %s is followed under its own number', async (_, oddity) => {
    await install(oddity);
    const job = await submit();
    expect(job).toMatchObject({ phase: 'submitted', error: null });
    expect(await witness.jobsIn(job.runFolder)).toEqual([job.jobId]);
  }, SOON_MS);

  const told = SITE_REFUSALS.filter(({ reason, name }) => reason !== null && /several accounts|Korean|checklist on|nothing but|submitted jobs|whole node|standard output|colours/.test(name));
  it.each(told)('that refuses ($name, $origin) is refused within seconds, and Submit is possible again', async ({ stdout, stderr, exitCode, reason }) => {
    await install(refusing(stdout, stderr, exitCode));
    const job = await submit();
    expect(job).toMatchObject({ phase: 'refused', jobId: null, error: { name: 'SUBMISSION_FAILED', message: `Slurm refused the job: ${String(reason)}`, details: { said: expect.stringContaining(saidWithoutColours(stderr).trim()) as string } } });
    await install(asItIs('sbatch'));
    const again = await submit();
    expect(again).toMatchObject({ phase: 'submitted' });
    expect(await witness.jobsIn(again.runFolder)).toEqual([again.jobId]);
  }, SOON_MS);
});
