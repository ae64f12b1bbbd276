/**
 * A program that submits one job, for tests that kill it: `node submitProcess.ts JSON`, see `SubmitOrder`. Once connected it carries
 * on with what its store holds and prints `{"found": […]}`; then it submits, printing one line for each point it passes, and prints
 * `{"runs": […]}`.
 */
import { isSettled } from '../../../shared/domain/job/rules.ts';
import { profileOf, type ClusterTarget } from './clusterTarget.ts';
import { startCore, testDraft } from './coreUnderTest.ts';
import { withPoints } from './betweenAdapters.ts';

export interface SubmitOrder {
  readonly dataFolder: string;
  readonly target: ClusterTarget;
  readonly requestId: string;
  readonly file: string;
  /** SIGKILL oneself at the n-th point (from 1) of the submission; null never. */
  readonly dieAt: number | null;
}

const order = JSON.parse(process.argv[2] ?? '') as SubmitOrder;
const say = (line: Record<string, unknown>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

let counting = false;
let points = 0;
const core = await startCore({
  dataFolder: order.dataFolder,
  hostKeyFingerprint: order.target.hostKeyFingerprint,
  wrap: (adapters) =>
    withPoints(adapters, (name) => {
      if (!counting) return;
      points += 1;
      if (points === order.dieAt) process.kill(process.pid, 'SIGKILL');
      say({ point: points, name });
    }),
});
const profile = profileOf(order.target);
await core.call('clusters.save', { profile });
await core.call('settings.update', { changes: { submissionsPerMinute: 600 } });

const { phase } = await core.connect(profile.id);
if (phase !== 'ready') throw new Error(`no connection: ${phase}`);
// facts are taken in the background and are no part of what is counted
await core.call('clusters.facts', { clusterId: profile.id });
for (const { runId } of core.store.jobs.watched())
  await core.until(runId, (job) => job.phase === 'submitted' || isSettled(job));
say({ found: runs() });
counting = true;
const draft = await testDraft(core, profile, order.file);
await core.call('jobs.submit', { draft, wait: true }, order.requestId);
counting = false;
say({ runs: runs() });
await core.dispose();

/** All runs in the store, with what the test compares. */
function runs(): unknown[] {
  const { rows } = core.store.jobs.list({}, 0, 10);
  return rows
    .flatMap(({ runId }) => core.store.jobs.get(runId) ?? [])
    .map(({ runId, phase, jobId, runFolder }) => ({ runId, phase, jobId, runFolder }));
}
