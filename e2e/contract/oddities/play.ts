import { reasonMeaning } from '../../../shared/domain/job/reasonMeaning.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { forPrograms } from '../../../shared/messages/forPrograms.ts';
import { expect } from 'vitest';
import { testDraft } from '../../../main/core/testing/coreUnderTest.ts';
import { isFinal, type JobRecord } from '../../../shared/domain/job/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { assertNever } from '../../../shared/lib/assertNever.ts';
import type { OddCluster } from './oddCluster.ts';
import type { CancelRow, FactsRow, FollowRow, UsageRow, OddRow, StartRow, SubmitRow } from './oddity.ts';

/** Words that no sentence holds, whatever a cluster answers. */
const NO_SENTENCE = /undefined|\[object |\bNaN\b|@slipway|UNEXPECTED/;

/** How many looks a job is followed by while something is odd: more than a lost one needs. */
const LOOKS = 4;

const textOf = (error: Pick<AppError, 'message' | 'hint'>): string => `${error.message} ${error.hint}`;

/** What became of an action: its error, or null. Only designed errors pass. */
async function failureOf(action: Promise<unknown>): Promise<AppError | null> {
  try {
    await action;
    return null;
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** Everything that reaches a person of a job: its record, its timeline, and what the looks and notices said. */
async function wordsAbout({ core, notes, polls }: OddCluster, { runId }: JobRecord): Promise<string[]> {
  const { job, events } = await core.call('jobs.get', { runId });
  const reason = reasonMeaning(job);
  // the notices of jobs of other rows come when they come
  const own = notes.filter((note) => job.jobId !== null && new RegExp(`\\bjob ${job.jobId}\\b`).test(note));
  return [
    job.error === null ? '' : textOf(job.error),
    reason === null ? '' : inWords(reason.said),
    ...events.flatMap(({ detail }) => (detail === null ? [] : [inWords(detail)])),
    ...own,
    ...polls.map((error) => error ?? ''),
  ];
}

async function wordsOfPage({ core, profile }: OddCluster): Promise<string[]> {
  return (await core.call('clusters.facts', { clusterId: profile.id })).unknown.map(({ reason }) => inWords(reason));
}

function judge({ says, never }: OddRow, words: readonly string[]): void {
  const text = words.filter((word) => word !== '').join('\n');
  expect(text).not.toMatch(NO_SENTENCE);
  if (says !== undefined) expect(text).toMatch(says);
  if (never !== undefined) expect(text).not.toMatch(never);
}

/** Times are this computer's, whatever clock the cluster keeps. */
function isOfNow(time: number | null): void {
  expect(time).not.toBeNull();
  expect(Math.abs(Number(time) - Date.now())).toBeLessThan(600_000);
}

async function playSubmit(cluster: OddCluster, row: SubmitRow): Promise<void> {
  await cluster.behave(...row.oddities);
  // an unknown outcome is looked into for minutes before a person is asked
  const minutes = row.phase === 'ambiguous' ? setInterval(() => cluster.pass(30_000), 500) : undefined;
  const job = await cluster.submit().finally(() => clearInterval(minutes));
  expect({ phase: job.phase, error: job.error?.name ?? null }).toEqual({ phase: row.phase, error: row.error ?? null });
  judge(row, await wordsAbout(cluster, job));
  await cluster.behave();
  expect(await cluster.witness.jobsIn(job.runFolder)).toEqual(job.jobId === null ? [] : [job.jobId]);
  if (row.phase === 'submitted') return cluster.letGo(job);
  const again = await cluster.submit();
  expect(again).toMatchObject({ phase: 'submitted', error: null });
  await cluster.letGo(again);
}

async function playFollow(cluster: OddCluster, row: FollowRow): Promise<void> {
  const { core, profile } = cluster;
  const odd = (): Promise<void> => cluster.behave(...row.oddities);
  if (row.fromStart) {
    await odd();
    await core.call('clusters.facts', { clusterId: profile.id, refresh: true });
  }
  const job = await cluster.submit();
  await cluster.asking(job, ({ state }) => state === (row.fromStart ? row.shows : 'RUNNING'));
  await odd();
  cluster.polls.length = 0;
  for (let look = 0; look < (row.slow ? 1 : LOOKS); look += 1) await cluster.refresh();
  if (row.hoursLater !== undefined) {
    cluster.pass(row.hoursLater * 3600_000);
    await cluster.refresh();
  }
  expect(await cluster.now(job)).toMatchObject({ state: row.shows, endedAt: null, exitCode: null });
  expect(cluster.polls.filter((error) => (error === null) !== row.answered)).toEqual([]);
  isOfNow((await cluster.now(job)).startedAt);
  if (row.end !== undefined) {
    await cluster.letGo(job, row.end.code);
    const ended = await cluster.ended(job);
    expect(ended).toMatchObject({ state: row.end.shows, exitCode: row.end.exitCode });
    isOfNow(ended.endedAt);
  }
  judge(row, [...(await wordsAbout(cluster, job)), ...(await wordsOfPage(cluster))]);

  await cluster.behave();
  await cluster.refresh();
  if (row.fromStart) await core.call('clusters.facts', { clusterId: profile.id, refresh: true });
  if (row.end === undefined) await cluster.letGo(job);
  const code = row.end?.code ?? 0;
  expect(await cluster.asking(job, ({ state, exitCode }) => isFinal(state) && exitCode !== null)).toMatchObject({
    state: code === 0 ? 'COMPLETED' : 'FAILED',
    exitCode: code,
  });
  // a job whose end nobody doubts is asked about no more, and then what accounting last said stands
  if (row.hoursLater === undefined)
    expect(await wordsOfPage(cluster)).not.toContainEqual(
      expect.stringMatching(/accounting does not answer|no accounting tells/i),
    );
}

async function playCancel(cluster: OddCluster, row: CancelRow): Promise<void> {
  const job = await cluster.running();
  await cluster.behave(...row.oddities);
  const failure = await failureOf(cluster.core.call('jobs.cancel', { runId: job.runId }));
  expect(failure?.name ?? null).toBe(row.error ?? null);
  expect((await cluster.now(job)).state).toBe(row.shows);
  judge(row, [failure === null ? '' : textOf(failure), ...(await wordsAbout(cluster, job))]);
  await cluster.behave();
  if (row.shows !== 'CANCELLED') await cluster.core.call('jobs.cancel', { runId: job.runId });
  expect(await cluster.ended(job)).toMatchObject({ state: 'CANCELLED', cancelledBy: { who: 'you' } });
}

async function playFacts(cluster: OddCluster, row: FactsRow): Promise<void> {
  const { core, profile } = cluster;
  const before = await core.call('clusters.facts', { clusterId: profile.id });
  await cluster.behave(...row.oddities);
  const failure = await failureOf(core.call('clusters.facts', { clusterId: profile.id, refresh: true }));
  expect(failure?.name ?? null).toBe(row.error ?? null);
  const odd = await core.call('clusters.facts', { clusterId: profile.id });
  const usual = new Set(before.unknown.map(({ subject }) => subject));
  expect([...new Set(odd.unknown.map(({ subject }) => subject).filter((subject) => !usual.has(subject)))]).toEqual(
    row.unknown,
  );
  const kept = ({ partitions, associations, qos }: typeof odd): unknown => ({
    partitions: partitions.map(({ name, totalNodes, memoryPerNode }) => ({ name, totalNodes, memoryPerNode })),
    associations,
    qos,
  });
  expect(kept(odd)).toEqual(kept(before));
  judge(row, [
    failure === null ? '' : textOf(failure),
    ...(failure?.details === undefined ? [] : [JSON.stringify(forPrograms(failure.details))]),
    ...odd.unknown.map(({ reason }) => inWords(reason)),
  ]);
  await cluster.behave();
  expect(
    (await core.call('clusters.facts', { clusterId: profile.id, refresh: true })).unknown.map(({ subject }) => subject),
  ).toEqual([...usual]);
}

async function playUsage(cluster: OddCluster, row: UsageRow): Promise<void> {
  const { core, profile } = cluster;
  const look = () => {
    // a look is shown again for as long as it is young
    cluster.pass(600_000);
    return core.call('clusters.usage', { clusterId: profile.id });
  };
  const before = await look();
  await cluster.behave(...row.oddities);
  const now = await look();
  expect(now.takenAt > before.takenAt).toBe(row.fresh);
  expect(now.partitions.map(({ name, cpus }) => [name, cpus.total])).toEqual(
    before.partitions.map(({ name, cpus }) => [name, cpus.total]),
  );
}

async function playStart(cluster: OddCluster, row: StartRow): Promise<void> {
  const { core, profile } = cluster;
  // asked again too soon, Slurm is spared; the time since then is this computer's
  await new Promise((resolve) => setTimeout(resolve, 2100));
  await cluster.behave(...row.oddities);
  // another job for each row, since what was foretold is remembered
  const draft = { ...(await testDraft(core, profile, null, 'patient')), jobName: `start-${String(Date.now())}` };
  const asked = core.call('scripts.testOnly', { draft });
  const failure = await failureOf(asked);
  expect(failure?.name ?? null).toBe(row.error ?? null);
  if (failure !== null) {
    judge(row, [textOf(failure)]);
    return;
  }
  const { accepted, expectedStart, message, problems } = await asked;
  expect({ accepted, foretold: expectedStart !== null }).toEqual({ accepted: row.foretold, foretold: row.foretold });
  if (row.foretold) isOfNow(expectedStart);
  judge(
    row,
    [message, ...problems.map((problem) => problem.message)].map((said) => inWords(said)),
  );
}

/** Lives through a row of the table, and says where what a person reads is not what it should be. */
export function play(cluster: OddCluster, row: OddRow): Promise<void> {
  switch (row.deed) {
    case 'submit':
      return playSubmit(cluster, row);
    case 'follow':
      return playFollow(cluster, row);
    case 'cancel':
      return playCancel(cluster, row);
    case 'look at the cluster':
      return playFacts(cluster, row);
    case 'look at the usage':
      return playUsage(cluster, row);
    case 'ask for the start':
      return playStart(cluster, row);
    default:
      return assertNever(row);
  }
}
