import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { startDemoCluster } from '../../demo/index.ts';
import { accountingScript, parseAccountingAnswer } from '../../slurm/accounting.ts';
import { slurmPrelude } from '../../slurm/environment.ts';
import { queueCommand, readQueue } from '../../slurm/queue.ts';
import { sameRunFolder } from '../../slurm/runFolder.ts';
import { createConnector } from '../../ssh/index.ts';
import { bootstrapScript, parseBootstrap } from '../clusters/bootstrap.ts';
import type { ConnectionPrompter, RemoteConnection } from '../ports.ts';

/** A cluster on loopback that tests submit to: the demo cluster, or a real Slurm behind a real sshd. */
export interface ClusterTarget {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath: string;
  /** `SHA256:…` */
  readonly hostKeyFingerprint: string;
}

/** Connects straight to the cluster, beside whatever is under test, to see what is really there. */
export interface Witness extends Disposable {
  /** Ids of all jobs that sbatch ever accepted for this run folder, ended ones too. */
  jobsIn(runFolder: string): Promise<string[]>;
  /** Slurm's word for a job, from accounting; null when it does not know the job. */
  stateOf(jobId: string): Promise<string | null>;
  /** Runs a script as the user; throws when it fails. */
  run(script: string): Promise<void>;
  /** The same with Slurm's commands at hand. */
  slurm(script: string): Promise<void>;
}

/** The profile with which the core under test reaches the target, perhaps through a proxy's port. Polls only when asked, unless told otherwise. */
export function profileOf(target: ClusterTarget, port = target.port, pollSeconds = 3600): ClusterProfile {
  return ClusterProfile.parse({
    id: 'target',
    name: target.name,
    kind: 'ssh',
    host: target.host,
    port,
    user: target.user,
    auth: [{ kind: 'key', path: target.privateKeyPath }],
    pollSeconds,
  });
}

const SILENT: ConnectionPrompter = {
  confirmHostKey: () => Promise.resolve(false),
  answer: () => Promise.resolve(null),
};

/** `worker`: for the time of a test that is moved, which a server that looks for signs of life takes for real. */
export async function openWitness(target: ClusterTarget, worker?: URL): Promise<Witness> {
  const connector = createConnector({ knownHostsFiles: [], ...(worker === undefined ? {} : { worker }) });
  let connection: RemoteConnection;
  let prelude: string;
  let user: string;
  try {
    connection = await connector.connect(
      { profile: profileOf(target), pinnedHostKey: target.hostKeyFingerprint },
      SILENT,
      new AbortController().signal,
    );
    const environment = parseBootstrap((await connection.shell.run(bootstrapScript(null))).stdout, target.host);
    prelude = slurmPrelude({ slurmBin: environment.slurmBin, slurmConf: environment.slurmConf, unset: [] });
    user = environment.user;
  } catch (error) {
    await connector.dispose();
    throw error;
  }
  const run = async (script: string): Promise<void> => {
    const { exitCode, stdout, stderr } = await connection.shell.run(script);
    if (exitCode !== 0) throw new Error(`exit code ${String(exitCode)}: ${stdout}${stderr}`);
  };
  return {
    jobsIn: async (runFolder) => {
      const queue = await connection.shell.run(`${prelude}\n${queueCommand(user)}`);
      const books = await connection.shell.run(`${prelude}\nsacct -X -n -P -S now-1days -o JobID,WorkDir`);
      if (queue.exitCode !== 0) throw new Error(`squeue: ${queue.stderr}`);
      const inQueue = readQueue(queue.stdout).rows.flatMap(({ arrayJobId, workDir }) =>
        sameRunFolder(workDir, runFolder) ? [arrayJobId] : [],
      );
      const inBooks = books.stdout.split('\n').flatMap((line) => {
        const [id = '', workDir = ''] = line.split('|');
        return sameRunFolder(workDir, runFolder) ? [id.replace(/_.*$/, '')] : [];
      });
      return [...new Set([...inQueue, ...inBooks])];
    },
    stateOf: async (jobId) => {
      const script = accountingScript({ jobIds: [jobId] });
      const { stdout, stderr } = await connection.shell.run(`${prelude}\n${script}`);
      return parseAccountingAnswer(stdout, stderr).rows[0]?.state ?? null;
    },
    run,
    slurm: (script) => run(`${prelude}\n${script}`),
    dispose: () => connector.dispose(),
  };
}

/** What `e2e/cluster/cluster.mjs up` prints. */
const Description = z.object({
  host: z.string(),
  port: z.int(),
  hostKeyFingerprint: z.string(),
  users: z.record(z.string(), z.object({ privateKeyPath: z.string().optional() })),
});

/** The real Slurm that SLIPWAY_CLUSTER describes (the line that `cluster.mjs up` prints), or a demo cluster of its own. */
export async function openTarget(): Promise<{ target: ClusterTarget; dispose: () => Promise<void> }> {
  const given = process.env['SLIPWAY_CLUSTER'];
  if (given !== undefined && given !== '') {
    const { host, port, hostKeyFingerprint, users } = Description.parse(JSON.parse(given));
    const [user, login] = Object.entries(users).find(([, { privateKeyPath }]) => privateKeyPath !== undefined) ?? [];
    if (user === undefined || login?.privateKeyPath === undefined)
      throw new Error('SLIPWAY_CLUSTER names no user with a key');
    return {
      target: { name: 'real Slurm', host, port, user, privateKeyPath: login.privateKeyPath, hostKeyFingerprint },
      dispose: () => Promise.resolve(),
    };
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-demo-'));
  const demo = await startDemoCluster({ dataFolder: folder });
  return {
    target: {
      name: 'demo',
      host: '127.0.0.1',
      port: demo.port,
      user: demo.user,
      privateKeyPath: demo.privateKeyPath,
      hostKeyFingerprint: demo.hostKeyFingerprint,
    },
    dispose: async () => {
      await demo.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
