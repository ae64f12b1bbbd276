import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { z } from 'zod';
import type { RemoteFiles, RunResult } from '../../main/core/ports.ts';
import type { ClusterTarget } from '../../main/core/testing/clusterTarget.ts';
import { startDemoCluster } from '../../main/demo/index.ts';
import { slurmPrelude } from '../../main/slurm/environment.ts';
import { queueCommand, readQueue, type QueueRow } from '../../main/slurm/queue.ts';
import { runProtocolLines } from '../../main/slurm/runProtocol.ts';
import { createConnector } from '../../main/ssh/index.ts';
import { ClusterProfile } from '../../shared/domain/cluster/profile.ts';
import { ResourceScope } from '../../shared/lib/disposable.ts';
import { quote } from '../../shared/lib/quote.ts';

/**
 * One cluster, whichever it is: partitions `normal`, `long`, `gpu` (4 a100) and `debug` (30 minutes), QOS `normal`, `high`, `short`
 * (an hour, 2 jobs at once, 4 altogether, 8 CPUs and 2 GPUs) and `express` (30 minutes, 2 CPUs, refuses at its limits).
 */
export interface ClusterUnderTest {
  readonly user: string;
  readonly home: string;
  readonly account: string;
  /** Another account of the user's: one job at once, 4 CPUs, two hours; not in `long`. */
  readonly narrowAccount: string;
  /** `--mem` that nodes have and the partition `long` does not allow. */
  readonly moreMemoryThanLong: string;
  /** The site's command for quotas, or null where the usual ones answer. */
  readonly quotaCommand: string | null;
  readonly files: RemoteFiles;
  /** Runs a script after the Slurm prelude, as the core does. */
  run(script: string): Promise<RunResult>;
  /** A path for a run folder that nobody has used. */
  runFolder(): string;
  /** The rows of the queue, or an error when squeue failed. */
  queue(): Promise<QueueRow[]>;
}

interface Login extends ClusterTarget {
  readonly account: string;
  readonly narrowAccount: string;
  readonly moreMemoryThanLong: string;
  readonly quotaCommand: string | null;
}

const Description = z.object({
  port: z.number(),
  hostKeyFingerprint: z.string(),
  users: z.record(z.string(), z.object({ privateKeyPath: z.string().optional() })),
  accounts: z.array(z.string()),
  quotaCommand: z.string(),
});

const CONTROL = path.join(import.meta.dirname, '../cluster/cluster.mjs');

function loginOf(description: string): Login {
  const { port, hostKeyFingerprint, users, accounts, quotaCommand } = Description.parse(JSON.parse(description));
  const privateKeyPath = users['slipuser']?.privateKeyPath;
  if (privateKeyPath === undefined) throw new Error('the cluster has no user slipuser with a key');
  return {
    name: 'a real Slurm',
    host: '127.0.0.1',
    port,
    user: 'slipuser',
    privateKeyPath,
    hostKeyFingerprint,
    account: accounts[0] ?? '',
    narrowAccount: 'slipthesis',
    moreMemoryThanLong: '61000M',
    quotaCommand,
  };
}

/** The real Slurm of e2e/cluster: the one that SLIPWAY_CLUSTER describes, else brought up, and left running for the next suite. */
const realLogin = (): Login =>
  loginOf(process.env['SLIPWAY_CLUSTER'] ?? execFileSync(process.execPath, [CONTROL, 'up'], { encoding: 'utf8' }));

/** A real Slurm without slurmdbd, and with nodes that are down. */
const plainLogin = (): Login =>
  loginOf(execFileSync(process.execPath, [CONTROL, 'up', '--without-accounting'], { encoding: 'utf8' }));

async function demoLogin(opened: ResourceScope): Promise<Login> {
  const dataFolder = mkdtempSync(path.join(os.tmpdir(), 'slipway-contract-'));
  opened.defer(() => {
    rmSync(dataFolder, { recursive: true, force: true });
  });
  const demo = opened.use(await startDemoCluster({ dataFolder }));
  return {
    name: 'the demo cluster',
    host: '127.0.0.1',
    port: demo.port,
    user: demo.user,
    privateKeyPath: demo.privateKeyPath,
    hostKeyFingerprint: demo.hostKeyFingerprint,
    account: 'demo',
    narrowAccount: 'thesis',
    moreMemoryThanLong: '15500M',
    quotaCommand: null,
  };
}

async function open(login: Login, opened: ResourceScope): Promise<ClusterUnderTest> {
  const connector = opened.use(createConnector({ knownHostsFiles: [] }));
  const profile = ClusterProfile.parse({
    id: 'under-test',
    name: 'under test',
    kind: 'ssh',
    host: '127.0.0.1',
    port: login.port,
    user: login.user,
    auth: [{ kind: 'key', path: login.privateKeyPath }],
  });
  const asker = { confirmHostKey: async () => false, answer: async () => null };
  const connection = opened.use(
    await connector.connect({ profile, pinnedHostKey: login.hostKeyFingerprint }, asker, new AbortController().signal),
  );
  const prelude = slurmPrelude({ slurmBin: null, slurmConf: null, unset: [] });
  const run = (script: string): Promise<RunResult> => connection.shell.run(prelude + script);
  const home = (await run('pwd -P')).stdout.trim();
  const base = `${home}/contract-${process.pid}`;
  opened.defer(async () => {
    await run(`scancel -u ${quote(login.user)}; rm -rf ${quote(base)}`);
  });
  let runs = 0;
  return {
    user: login.user,
    home,
    account: login.account,
    narrowAccount: login.narrowAccount,
    moreMemoryThanLong: login.moreMemoryThanLong,
    quotaCommand: login.quotaCommand,
    files: connection.files,
    run,
    runFolder: () => `${base}/run-r${String(Date.now())}x${(runs += 1)}`,
    async queue() {
      const { exitCode, stdout, stderr } = await run(queueCommand(login.user));
      if (exitCode !== 0) throw new Error(stderr);
      return readQueue(stdout).rows;
    },
  };
}

type Targets = Readonly<Record<string, (opened: ResourceScope) => Login | Promise<Login>>>;

function onEach(targets: Targets, title: string, define: (cluster: () => ClusterUnderTest) => void): void {
  for (const [name, login] of Object.entries(targets)) {
    describe(`${title} on ${name}`, () => {
      const opened = new ResourceScope();
      let cluster: ClusterUnderTest | null = null;
      beforeAll(async () => {
        cluster = await open(await login(opened), opened);
      });
      afterAll(() => opened.dispose());
      define(() => {
        if (cluster === null) throw new Error('the cluster is not open');
        return cluster;
      });
    });
  }
}

const BOTH: Targets = { 'the demo cluster': demoLogin, 'a real Slurm': realLogin };

/** Defines the same tests for the demo cluster and for a real Slurm. `cluster()` is for use within tests. */
export function onEveryCluster(title: string, define: (cluster: () => ClusterUnderTest) => void): void {
  onEach(BOTH, title, define);
}

function onEachTarget(targets: Targets, title: string, define: (target: () => ClusterTarget) => void): void {
  describe.concurrent.each(Object.entries(targets))(`${title} on %s`, (_, login) => {
    const opened = new ResourceScope();
    let target: ClusterTarget | null = null;
    beforeAll(async () => {
      target = await login(opened);
    });
    afterAll(() => opened.dispose());
    define(() => {
      if (target === null) throw new Error('the cluster is not open');
      return target;
    });
  });
}

/** The same for tests that bring a core of their own. They run side by side unless a suite within says `concurrent: false`. */
export function onEveryTarget(title: string, define: (target: () => ClusterTarget) => void): void {
  onEachTarget(BOTH, title, define);
}

/** The same on a real Slurm without slurmdbd, too. */
export function onEveryTargetAndWithoutAccounting(title: string, define: (target: () => ClusterTarget) => void): void {
  onEachTarget({ ...BOTH, 'a real Slurm without accounting': plainLogin }, title, define);
}

/** Tests for what only a real Slurm can judge. */
export function onRealSlurm(title: string, define: (cluster: () => ClusterUnderTest) => void): void {
  onEach({ 'a real Slurm': realLogin }, title, define);
}

/** Tests for a real Slurm without slurmdbd. */
export function withoutAccounting(title: string, define: (cluster: () => ClusterUnderTest) => void): void {
  onEach({ 'a real Slurm without accounting': plainLogin }, title, define);
}

/** A job script as Slipway writes it, around a body. */
export function jobScript(runFolder: string, directives: readonly string[], body: string): string {
  const { begin, end } = runProtocolLines();
  return [
    '#!/bin/bash',
    ...[
      '--job-name=contract',
      '--time=00:02:00',
      '--mem=100M',
      '--output=slurm-%j.out',
      '--error=slurm-%j.err',
      ...directives,
    ].map((line) => `#SBATCH ${line}`),
    `export SLIPWAY_RUN_DIR=${quote(runFolder)}`,
    ...begin,
    body,
    ...end,
    '',
  ].join('\n');
}

/** Asks again until there is an answer; the test's own time limit ends it. */
export async function until<T>(ask: () => Promise<T | null | undefined | false>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
