import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ClusterId } from '../shared/domain/ids.ts';
import { fromWire } from '../shared/errors/appError.ts';
import type { InputOf, OperationName, OutputOf } from '../shared/contract/index.ts';
import type { Program } from '../main/hosts/program.ts';

/** The real Slurm of the tests, for as long as a bench needs it. */
export interface RealCluster {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKeyPath: string;
  readonly hostKeyFingerprint: string;
  down(): void;
}

/** The one that SLIPWAY_CLUSTER describes, which stays; else brings one up, or finds it up. */
export function realCluster(root: string): RealCluster {
  const control = path.join(root, 'e2e/cluster/cluster.mjs');
  const given = process.env['SLIPWAY_CLUSTER'];
  const isGiven = given !== undefined && given !== '';
  const line = isGiven
    ? given
    : (execFileSync(process.execPath, [control, 'up'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
        .trim()
        .split('\n')
        .at(-1) ?? '');
  const { host, port, users, hostKeyFingerprint } = JSON.parse(line) as {
    host: string;
    port: number;
    hostKeyFingerprint: string;
    users: Record<string, { privateKeyPath?: string }>;
  };
  const [user, login] = Object.entries(users).find(([, { privateKeyPath }]) => privateKeyPath !== undefined) ?? [];
  if (user === undefined || login?.privateKeyPath === undefined)
    throw new Error('the test cluster has no user with a key');
  return {
    host,
    port,
    user,
    privateKeyPath: login.privateKeyPath,
    hostKeyFingerprint,
    down: () => {
      if (!isGiven) execFileSync(process.execPath, [control, 'down'], { stdio: ['ignore', 'inherit', 'inherit'] });
    },
  };
}

/** The profile under which benches know it. */
export function benchProfile(cluster: RealCluster): InputOf<'clusters.save'>['profile'] {
  const { host, port, user, privateKeyPath } = cluster;
  return { id: 'bench', name: 'bench', kind: 'ssh', host, port, user, auth: [{ kind: 'key', path: privateKeyPath }] };
}

export async function call<N extends OperationName>(
  program: Program,
  name: N,
  input: InputOf<N>,
): Promise<OutputOf<N>> {
  const envelope = await program.dispatch(name, input);
  if (!envelope.ok) throw fromWire(envelope.error);
  return envelope.value as OutputOf<N>;
}

/** Connects the program to the real Slurm, confirming its host key, and takes its facts. */
export async function connect(program: Program, cluster: RealCluster): Promise<ClusterId> {
  const clusterId = ClusterId.parse('bench');
  await call(program, 'clusters.save', { profile: benchProfile(cluster) });
  const answering = program.core.events.on((event) => {
    if (event.name === 'clusters.prompt' && event.payload.kind === 'hostKey')
      void call(program, 'clusters.answer', {
        promptId: event.payload.promptId,
        answer: { kind: 'accept', fingerprint: event.payload.fingerprint },
      });
  });
  const state = await call(program, 'clusters.connect', { clusterId });
  await answering.dispose();
  if (state.phase !== 'ready') throw new Error(`not connected: ${JSON.stringify(state)}`);
  await call(program, 'clusters.facts', { clusterId, refresh: true });
  return clusterId;
}

/** A login bash on the cluster that stays open. `ask` runs a command there and resolves with the one line that it prints. */
export function clusterBash(ssh: readonly string[]): { ask(command: string): Promise<string>; end(): void } {
  const child = spawn('ssh', [...ssh, 'bash', '-l'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout });
  return {
    ask: async (command) => {
      const answer = once(lines, 'line');
      child.stdin.write(`${command}\n`);
      return String((await answer)[0]);
    },
    end: () => child.stdin.end(),
  };
}

/** What `ssh` needs to reach it without asking anything or touching the known_hosts of whoever runs the bench. */
export function sshOptions(cluster: RealCluster, folder: string): string[] {
  return [
    '-p',
    String(cluster.port),
    '-i',
    cluster.privateKeyPath,
    '-o',
    'StrictHostKeyChecking=no',
    '-o',
    `UserKnownHostsFile=${folder}/baseline_known_hosts`,
    '-o',
    'LogLevel=ERROR',
    '-o',
    'BatchMode=yes',
  ];
}
