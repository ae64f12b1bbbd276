import { inWords } from '../../../shared/messages/catalogue.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openWitness, profileOf, type ClusterTarget, type Witness } from '../../../main/core/testing/clusterTarget.ts';
import { betweenConnections } from '../../../main/core/testing/betweenAdapters.ts';
import {
  startCore,
  testDraft,
  writeTestTemplates,
  type CoreUnderTest,
} from '../../../main/core/testing/coreUnderTest.ts';
import { systemClock } from '../../../main/clock/systemClock.ts';
import type { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { isFinal, type JobRecord } from '../../../shared/domain/job/schema.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { quote } from '../../../shared/lib/quote.ts';
import { installScript, type Oddity } from './oddity.ts';

/** A whole core on a cluster whose Slurm commands can be made to behave as they do somewhere; its clock can be put forward. */
export interface OddCluster extends Disposable {
  readonly core: CoreUnderTest;
  readonly profile: ClusterProfile;
  readonly witness: Witness;
  /** Whether its facts say that accounting answers. */
  readonly hasAccounting: boolean;
  /** First on the PATH of every script of the core; a `start-up` in it is read before each. */
  readonly binFolder: string;
  /** What the person was told, `TITLE: BODY`, since `calm`. */
  readonly notes: string[];
  /** How each look ended, null for well. */
  readonly polls: (string | null)[];
  /** From now on these, and nothing else, are odd. */
  behave(...oddities: Oddity[]): Promise<void>;
  /** Puts the core's clock forward. */
  pass(ms: number): void;
  /** Everything is as usual again, the time too. */
  calm(): Promise<void>;
  submit(): Promise<JobRecord>;
  running(): Promise<JobRecord>;
  /** Ends a job that `submit` began: with a code, or killed without a word. */
  letGo(job: JobRecord, code?: number | 'kill'): Promise<void>;
  now(job: JobRecord): Promise<JobRecord>;
  /** Looks as a person does who asks; what that cannot learn is no failure. */
  refresh(): Promise<void>;
  /** Asks again and again: after failures and over hours the monitor itself would take its time. */
  asking(job: JobRecord, is: (job: JobRecord) => boolean): Promise<JobRecord>;
  ended(job: JobRecord): Promise<JobRecord>;
}

/** For a job to start, end, or be told, on a busy computer. */
const MAX_WAIT_MS = 60_000;

export async function openOddCluster(target: ClusterTarget): Promise<OddCluster> {
  const witness = await openWitness(target);
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-odd-'));
  const binFolder = `/tmp/${path.basename(folder)}-bin`;
  const startUp = quote(`${binFolder}/start-up`);
  const odd = `PATH=${quote(binFolder)}:$PATH; export PATH; [ ! -f ${startUp} ] || . ${startUp}`;
  const profile = profileOf(target, target.port, 2);
  const notes: string[] = [];
  const polls: (string | null)[] = [];
  let later = 0;
  await writeTestTemplates(path.join(folder, 'data'));
  const core = await startCore({
    dataFolder: path.join(folder, 'data'),
    hostKeyFingerprint: target.hostKeyFingerprint,
    overrides: {
      clock: { now: () => systemClock.now() + later, sleep: (ms, signal) => systemClock.sleep(ms, signal) },
      notifier: { notify: ({ title, body }) => void notes.push(`${inWords(title)}: ${inWords(body)}`) },
    },
    wrap: ({ store, connector }) => ({
      store,
      connector: betweenConnections(connector, ({ shell, files }) => ({
        files,
        shell: { run: (script, options) => shell.run(`${odd}\n${script}`, options) },
      })),
    }),
  });
  core.core.events.on(({ name, payload }) => {
    if (name === 'jobs.poll') polls.push(payload.error === null ? null : inWords(payload.error));
  });
  const behave = (...oddities: Oddity[]): Promise<void> =>
    witness.run(
      [
        `rm -rf ${quote(binFolder)}`,
        `mkdir -p ${quote(binFolder)}`,
        ...oddities.map((oddity) => installScript(binFolder, oddity)),
      ].join(' &&\n'),
    );
  await behave();
  await core.call('clusters.save', { profile });
  await core.call('settings.update', { changes: { submissionsPerMinute: 600 } });
  await core.connect(profile.id);
  const facts = await core.call('clusters.facts', { clusterId: profile.id });

  const now = async ({ runId }: JobRecord): Promise<JobRecord> => (await core.call('jobs.get', { runId })).job;
  const refresh = (): Promise<void> =>
    core.call('jobs.refresh', { clusterId: profile.id }).then(
      () => undefined,
      () => undefined,
    );
  const submit = async (): Promise<JobRecord> =>
    core.call('jobs.submit', { draft: await testDraft(core, profile, null, 'patient'), wait: true });
  const asking = async (job: JobRecord, is: (job: JobRecord) => boolean): Promise<JobRecord> => {
    const begun = Date.now();
    for (;;) {
      const current = await now(job);
      if (is(current)) return current;
      // not the clock of the core, which tests put forward
      if (Date.now() - begun > MAX_WAIT_MS)
        throw new Error(
          `not what was asked for: ${JSON.stringify({ ...current, script: undefined })}; looks: ${JSON.stringify(polls.slice(-3))}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 300));
      await refresh();
    }
  };
  return {
    core,
    profile,
    witness,
    hasAccounting: facts.associations !== null,
    binFolder,
    notes,
    polls,
    behave,
    pass: (ms) => {
      later += ms;
    },
    calm: async () => {
      later = 0;
      await behave();
      await refresh();
      notes.length = 0;
      polls.length = 0;
    },
    submit,
    running: async () => asking(await submit(), ({ state }) => state === 'RUNNING'),
    letGo: (job, code = 0) => witness.run(`echo ${String(code)} >${quote(`${job.runFolder}/go`)}`),
    now,
    refresh,
    asking,
    ended: (job) => asking(job, ({ state }) => isFinal(state)),
    dispose: async () => {
      await core.dispose();
      await witness.run(`rm -rf ${quote(binFolder)}`);
      await witness.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
