import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type {
  ClusterFacts,
  ClusterProfile,
  ConnectionState,
  ConnectionTestStep,
  SshConfigNote,
} from '../../../shared/domain/cluster/profile.ts';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { assertNever } from '../../../shared/lib/assertNever.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { message } from '../../../shared/messages/message.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import type { ExitCode } from './commands.ts';
import { answeringOnTerminal, connectOnTerminal } from './connect.ts';
import type { CliClient } from './client.ts';
import { note, print, printJson, table } from './terminal.ts';

function connectionText(state: ConnectionState): string {
  switch (state.phase) {
    case 'failed':
      return `failed: ${state.error.message}`;
    case 'waiting':
      return `waiting: ${inWords(state.reason)}`;
    case 'degraded':
      return `degraded: ${inWords(state.reason)}`;
    case 'connecting':
    case 'asking':
    case 'offline':
    case 'ready':
      return state.phase;
    default:
      return assertNever(state);
  }
}

export async function listClusters(client: CliClient, json: boolean): Promise<ExitCode> {
  const clusters = await client.call('clusters.list', {});
  if (json) printJson(clusters, 2);
  else {
    print(
      table(
        ['ID', 'NAME', 'HOST', 'USER', 'OVER', 'CONNECTION'],
        clusters.map(({ profile, connection }) => [
          profile.id,
          profile.name,
          `${profile.host}:${String(profile.port)}`,
          profile.user,
          profile.jump.map(({ host }) => host).join(', '),
          connectionText(connection),
        ]),
      ),
    );
  }
  return 0;
}

export interface AddClusterOptions {
  readonly id: string;
  readonly name?: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly key?: string;
  readonly agent?: boolean;
  readonly password?: boolean;
  readonly runRoot?: string;
  readonly images?: string;
}

export async function addCluster(client: CliClient, options: AddClusterOptions): Promise<ExitCode> {
  const auth: ClusterProfile['auth'] = [];
  if (options.key !== undefined)
    auth.push({ kind: 'key', path: await client.allow('key', path.resolve(options.key)), certificate: null });
  if (options.agent === true || (options.key === undefined && options.password !== true))
    auth.push({ kind: 'agent', socket: null, only: [] });
  if (options.password === true) auth.push({ kind: 'password' });
  auth.push({ kind: 'keyboard-interactive' });
  const saved = await client.call('clusters.save', {
    profile: {
      id: ClusterId.parse(options.id),
      name: options.name ?? options.id,
      kind: 'ssh',
      host: options.host,
      port: options.port,
      user: options.user,
      auth,
      ...(options.runRoot === undefined ? {} : { runRoot: options.runRoot }),
      ...(options.images === undefined ? {} : { imageFolders: options.images.split(',') }),
    },
  });
  print(`Added ${saved.profile.id}. Try it: slipway clusters test ${saved.profile.id}`);
  return 0;
}

function noteLine({ file, line, text, reason }: SshConfigNote): string {
  return `${plainLine(file)}:${String(line)}: ${plainLine(text)}\n    ${plainLine(inWords(reason))}`;
}

/** Without an alias: what could be imported. With one: adds the profile that ssh would use for this name. */
export async function importCluster(
  client: CliClient,
  alias: string | undefined,
  options: { id?: string; json: boolean },
): Promise<ExitCode> {
  if (alias === undefined) {
    const found = await client.call('clusters.sshConfig', {});
    if (options.json) printJson(found, 2);
    else {
      print(
        table(
          ['ALIAS', 'HOST', 'USER', 'OVER', 'FROM'],
          found.hosts.map((host) => [
            host.alias,
            `${host.host}:${String(host.port)}`,
            host.user,
            host.jump.join(', '),
            `${host.file}:${String(host.line)}`,
          ]),
        ),
      );
      for (const entry of found.notes) note(noteLine(entry));
    }
    return 0;
  }
  const { profile: found, notes } = await client.call('clusters.fromSshConfig', { alias });
  const profile = options.id === undefined ? found : { ...found, id: ClusterId.parse(options.id) };
  const clusters = await client.call('clusters.list', {});
  if (clusters.some((cluster) => cluster.profile.id === profile.id)) {
    throw new AppError('SETTING_INVALID', {
      details: { name: 'id', reason: message('clusters.idTaken', { id: profile.id }) },
    });
  }
  const saved = await client.call('clusters.save', { profile });
  if (options.json) printJson({ profile: saved.profile, notes }, 2);
  else {
    for (const entry of notes) note(noteLine(entry));
    print(`Added ${saved.profile.id}. Try it: slipway clusters test ${saved.profile.id}`);
  }
  return 0;
}

const SIGNS: Record<ConnectionTestStep['outcome'], string> = { ok: '✓', warn: '!', failed: '✕', skipped: '-' };

function stepLines(step: ConnectionTestStep): string {
  const time = step.outcome === 'skipped' ? '' : `${String(Math.round(step.elapsed))} ms`;
  const first =
    `${SIGNS[step.outcome]} ${step.step.padEnd(10)} ${time.padStart(9)}  ${step.detail === null ? '' : plainLine(inWords(step.detail))}`.trimEnd();
  return [
    first,
    ...[...step.notes, ...(step.hint === null ? [] : [step.hint])].map(
      (said) => `${' '.repeat(24)}${plainLine(inWords(said))}`,
    ),
  ].join('\n');
}

/** Exit code 1 when a step failed; what is merely worth knowing does not count. */
export async function testCluster(
  client: CliClient,
  id: string,
  json: boolean,
  signal: AbortSignal,
): Promise<ExitCode> {
  const clusterId = ClusterId.parse(id);
  const steps = await answeringOnTerminal(client, clusterId, () => client.call('clusters.test', { clusterId }, signal));
  if (json) printJson(steps, 2);
  else {
    let hop: string | null = null;
    for (const step of steps) {
      if (step.hop !== hop) print(step.hop === null ? 'the cluster' : `jump host ${plainLine(step.hop)}`);
      hop = step.hop;
      print(stepLines(step));
    }
  }
  return steps.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

function limitText(seconds: number | null): string {
  return seconds === null ? 'no limit' : formatDuration(seconds);
}

function describeFacts(facts: ClusterFacts): string {
  const lines = [
    `${facts.clusterName === '' ? 'Cluster' : facts.clusterName}, Slurm ${facts.slurmVersion}, as of ${new Date(facts.takenAt).toISOString()}`,
    '',
    table(
      ['PARTITION', 'STATE', 'MAX TIME', 'NODES', 'CPUS FREE', 'MEMORY/NODE', 'GPUS'],
      facts.partitions.map((partition) => [
        `${partition.name}${partition.isDefault ? ' (default)' : ''}`,
        partition.state,
        limitText(partition.maxTime),
        String(partition.totalNodes),
        `${String(partition.cpus.idle)} of ${String(partition.cpus.total)}`,
        formatBytes(partition.memoryPerNode),
        partition.gpus
          .map(
            ({ type, total, free }) =>
              `${type === '' ? 'gpu' : type} ${free === null ? '?' : String(free)} of ${String(total)} free`,
          )
          .join(', '),
      ]),
    ),
  ];
  if (facts.associations !== null)
    lines.push(
      '',
      table(
        ['ACCOUNT', 'PARTITION', 'QOS'],
        facts.associations.map(({ account, partition, qos }) => [account, partition ?? '', qos.join(', ')]),
      ),
    );
  if (facts.quotas.length > 0) {
    const size = (bytes: number | null): string => (bytes === null ? '' : formatBytes(bytes));
    lines.push(
      '',
      table(
        ['SPACE', 'PATH', 'USED', 'LIMIT'],
        facts.quotas.map(({ name, path: place, used, soft, hard }) => [name, place, size(used), size(hard ?? soft)]),
      ),
    );
  }
  if (facts.unknown.length > 0)
    lines.push(
      '',
      ...facts.unknown.map(({ subject, reason }) => `not known: ${subject}: ${plainLine(inWords(reason))}`),
    );
  return lines.join('\n');
}

/** Quotas come a little after the rest; a file server that takes longer is not waited for. */
const QUOTAS_MS = 5000;

/** What is known of a cluster, from the cache unless `refresh`; connects only when the cluster has to be asked. */
export async function printFacts(
  client: CliClient,
  id: string,
  options: { refresh: boolean; json: boolean },
  signal: AbortSignal,
): Promise<ExitCode> {
  const clusterId = ClusterId.parse(id);
  const ask = (): Promise<ClusterFacts> =>
    client.call('clusters.facts', { clusterId, refresh: options.refresh }, signal);
  if (options.refresh) await connectOnTerminal(client, clusterId);
  let facts = await ask().catch(async (error: unknown) => {
    if (!AppError.is(error, 'NOT_CONNECTED')) throw error;
    await connectOnTerminal(client, clusterId);
    return ask();
  });
  const giveUpAt = Date.now() + QUOTAS_MS;
  while (
    facts.quotas.length === 0 &&
    !facts.unknown.some(({ subject }) => subject === 'quota') &&
    Date.now() < giveUpAt &&
    !signal.aborted
  ) {
    await delay(250);
    facts = await client.call('clusters.facts', { clusterId }, signal);
  }
  if (options.json) printJson(facts, 2);
  else print(describeFacts(facts));
  return 0;
}
