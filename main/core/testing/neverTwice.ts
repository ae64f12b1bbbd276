import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { openWitness, profileOf, type ClusterTarget, type Witness } from './clusterTarget.ts';
import { startCore, testDraft, writeTestTemplates, type CoreUnderTest } from './coreUnderTest.ts';
import { startCutProxy, type CutProxy, type Direction } from './cutProxy.ts';
import { spread } from './sampled.ts';
import type { SubmitOrder } from './submitProcess.ts';

interface Run {
  readonly runId: string;
  readonly phase: JobRecord['phase'];
  readonly jobId: string | null;
  readonly runFolder: string;
}

/**
 * The promise “never twice, never lost”, tried on a cluster: connections are cut at bytes spread over the whole of a submission, and
 * processes are killed at every point that leaves a mark and at times in between. Each time the cluster must have exactly one job
 * in the run's folder, and the store its id. `effort` says how many times as many points are tried.
 */
export function describeNeverTwice(
  open: () => Promise<{ target: ClusterTarget; dispose: () => Promise<void> }>,
  effort = 1,
): void {
  let target: ClusterTarget;
  let closeTarget: () => Promise<void>;
  let witness: Witness;
  let folder: string;
  let input: string;

  beforeAll(async () => {
    const opened = await open();
    target = opened.target;
    closeTarget = opened.dispose;
    witness = await openWitness(target);
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-never-twice-'));
    input = path.join(folder, 'in put.dat');
    await writeFile(input, Buffer.alloc(20_000, 'measured '));
  });

  afterAll(async () => {
    await witness.dispose();
    await closeTarget();
    await rm(folder, { recursive: true, force: true });
  });

  const expectExactlyOne = async (run: Run, when: string): Promise<void> => {
    expect(run.phase, when).toBe('submitted');
    expect(await witness.jobsIn(run.runFolder), when).toEqual([run.jobId]);
  };

  describe('when the connection is cut', () => {
    let proxy: CutProxy;
    let core: CoreUnderTest;

    beforeAll(async () => {
      proxy = await startCutProxy(target.host, target.port);
      const dataFolder = path.join(folder, 'cut');
      await writeTestTemplates(dataFolder);
      core = await startCore({ dataFolder, hostKeyFingerprint: target.hostKeyFingerprint });
      await core.call('clusters.save', { profile: profileOf(target, proxy.port) });
      await core.call('settings.update', { changes: { submissionsPerMinute: 600 } });
      // no test waits for the backoff: a person would press “Reconnect now”
      core.core.events.on(({ name, payload }) => {
        if (name === 'clusters.connection' && payload.connection.phase === 'waiting')
          void core.connect(payload.clusterId);
      });
      await connectAndSettle();
    });

    afterAll(async () => {
      await core.dispose();
      await proxy.dispose();
    });

    const connectAndSettle = async (): Promise<void> => {
      const { id } = profileOf(target);
      await core.connect(id);
      await core.call('clusters.facts', { clusterId: id });
    };

    const submit = async (file: string | null): Promise<JobRecord> => {
      const job = await core.call('jobs.submit', { draft: await testDraft(core, profileOf(target), file) });
      return core.until(job.runId, ({ phase }) => phase === 'submitted' || phase === 'rejected');
    };

    for (const direction of ['up', 'down'] as const satisfies Direction[]) {
      for (const [files, samples] of [
        ['an input file', 12],
        ['no files', 12],
      ] as const) {
        it(
          `at bytes spread over a submission with ${files}, ${direction === 'up' ? 'on the way to' : 'on the way from'} the cluster`,
          { timeout: 120_000 * effort },
          async () => {
            const file = files === 'no files' ? null : input;
            await connectAndSettle();
            // the first one opens channels and starts a poll; the second is measured
            await submit(file);
            proxy.disarm();
            await expectExactlyOne(await submit(file), 'uncut');
            const total = proxy.passed[direction];
            expect(total).toBeGreaterThan(200);
            let cuts = 0;
            for (const bytes of spread(total, samples * effort, total)) {
              await connectAndSettle();
              proxy.arm(direction, bytes);
              const run = await submit(file);
              cuts += Number(proxy.hasCut);
              proxy.disarm();
              await expectExactlyOne(run, `cut ${direction} after ${String(bytes)} of ${String(total)} bytes`);
            }
            // sizes vary, so that the last cuts may come too late; a sweep that cut nothing would prove nothing
            expect(cuts).toBeGreaterThan((samples * effort) / 2);
          },
        );
      }
    }
  });

  describe('when the process is killed', () => {
    const children = new Set<ChildProcess>();
    let count = 0;

    afterAll(() => {
      for (const child of children) child.kill('SIGKILL');
    });

    interface Report {
      /** What the store held, carried on with, before anything was submitted. Null when the process died before. */
      found: Run[] | null;
      runs: Run[] | null;
      points: string[];
    }

    /** Runs the program; `onFound` may kill it when it is about to submit. */
    const runProcess = async (order: SubmitOrder, onFound?: (child: ChildProcess) => void): Promise<Report> => {
      const child = spawn(
        process.execPath,
        [path.join(import.meta.dirname, 'submitProcess.ts'), JSON.stringify(order)],
        { stdio: ['ignore', 'pipe', 'pipe'] },
      );
      children.add(child);
      const report: Report = { found: null, runs: null, points: [] };
      let complaint = '';
      child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
      createInterface({ input: child.stdout }).on('line', (line) => {
        const said = JSON.parse(line) as { name?: string; found?: Run[]; runs?: Run[] };
        if (said.name !== undefined) report.points.push(said.name);
        if (said.runs !== undefined) report.runs = said.runs;
        if (said.found === undefined) return;
        report.found = said.found;
        onFound?.(child);
      });
      await new Promise<void>((resolve, reject) => {
        child.on('error', reject);
        child.on('close', (code, signal) => {
          children.delete(child);
          if (code === 0 || signal === 'SIGKILL') resolve();
          else reject(new Error(`the process ended with ${String(code ?? signal)}: ${complaint}`));
        });
      });
      return report;
    };

    /** A data folder that knows the cluster and the template and holds no job. */
    const newOrder = async (dieAt: number | null): Promise<SubmitOrder> => {
      count += 1;
      const dataFolder = path.join(folder, `kill-${String(count)}`);
      await writeTestTemplates(dataFolder);
      return { dataFolder, target, requestId: `kill-test-${String(count)}`, file: input, dieAt };
    };

    /** A new process with the same data folder: it must finish what the killed one began; the same request again is the same run. */
    const finish = async (order: SubmitOrder, when: string): Promise<void> => {
      const { found, runs } = await runProcess({ ...order, dieAt: null });
      expect(found?.length, when).toBeLessThanOrEqual(1);
      expect(runs?.length, when).toBe(1);
      for (const run of found ?? []) expect(runs, when).toEqual([run]);
      for (const run of runs ?? []) await expectExactlyOne(run, when);
    };

    it('at every point that leaves a mark', { timeout: 300_000 }, async () => {
      const whole = await runProcess(await newOrder(null));
      for (const run of whole.runs ?? []) await expectExactlyOne(run, 'not killed');
      expect(whole.points).toEqual(
        expect.arrayContaining([
          'before insert',
          'after insert',
          'during upload',
          'after update submitting',
          'during run',
          'after run',
          // the id and the tasks of the job are one write
          'after look submitted',
        ]),
      );
      for (const [index, name] of whole.points.entries()) {
        const order = await newOrder(index + 1);
        const killed = await runProcess(order);
        expect(killed.runs, `killed ${name}`).toBeNull();
        await finish(order, `killed ${name} (point ${String(index + 1)})`);
      }
    });

    it('at times spread over a submission', { timeout: 300_000 * effort }, async () => {
      let begun = 0;
      await runProcess(await newOrder(null), () => (begun = performance.now()));
      for (const ms of spread(performance.now() - begun, 8 * effort, 8)) {
        const order = await newOrder(null);
        await runProcess(order, (child) => void delay(ms).then(() => child.kill('SIGKILL')));
        await finish(order, `killed ${String(ms)} ms after it began`);
      }
    });
  });
}
