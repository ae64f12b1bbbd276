import { readFileSync } from 'node:fs';
import path from 'node:path';
import { localPath, shellPath } from '../paths.ts';
import { complain, given, lastOf, say, type Site, type SlurmCommand } from './command.ts';
import { hasFeatures, parseConstraint } from './features.ts';
import { hostList, moment } from './formats.ts';
import { cpusOf, type JobSpec } from './job.ts';
import {
  exportedEnvironment,
  Refusal,
  requestedArray,
  requestedBegin,
  requestedDependencies,
  requestedFolder,
  requestedOpenMode,
  requestedResources,
  requestedTime,
  requestedWarning,
  type RequestedResources,
} from './jobRequest.ts';
import { refusedByLimits } from './limits.ts';
import { maintenanceAhead } from './maintenance.ts';
import type { ParsedOption } from './options.ts';
import { emptyRoom, place } from './placement.ts';
import { parseSbatchLine, scriptOptions, variableOptions } from './sbatchOptions.ts';
import {
  ACCOUNT,
  accountNamed,
  CLUSTER_NAME,
  DEFAULT_QOS,
  jobQos,
  NODES,
  nodesOf,
  partitionNamed,
  PARTITIONS,
  SLURM_VERSION,
  type DemoPartition,
} from './site.ts';
import type { CommandCall } from './wire.ts';

const REFUSED = 'sbatch: error: Batch job submission failed: ';

interface Script {
  readonly text: string;
  /** Null for --wrap and standard input. */
  readonly path: string | null;
  readonly name: string;
}

async function readScript(
  call: CommandCall,
  options: readonly ParsedOption[],
  file: string | undefined,
): Promise<Script> {
  const wrapped = lastOf(options, 'wrap');
  if (wrapped !== undefined) {
    if (file !== undefined) throw new Refusal('sbatch: error: Script arguments not permitted with --wrap option\n');
    return { text: `#!/bin/sh\n# This script was created by sbatch --wrap.\n\n${wrapped}\n`, path: null, name: 'wrap' };
  }
  if (file === undefined) return { text: checked(await call.stdin()), path: null, name: 'sbatch' };
  const full = path.resolve(localPath(call.folder), localPath(file));
  let text: string;
  try {
    text = readFileSync(full, 'utf8');
  } catch {
    throw new Refusal(`sbatch: error: Unable to open file ${file}\n`);
  }
  return { text: checked(text), path: shellPath(full), name: path.basename(full) };
}

/** The script, when it is one. Texts of 22.05.8. */
function checked(text: string | null): string {
  if (text === null || text.includes('\0')) {
    throw new Refusal(
      "sbatch: error: The Slurm controller does not allow scripts that\nsbatch: error: contain a NULL character '\\0'.\n",
    );
  }
  if (text === '') throw new Refusal('sbatch: error: Batch script is empty!\n');
  if (!text.startsWith('#!')) {
    throw new Refusal(
      'sbatch: error: This does not look like a batch script.  The first\nsbatch: error: line must start with #! followed by the path to an interpreter.\nsbatch: error: For instance: #!/bin/sh\n',
    );
  }
  if (text.includes('\r\n')) {
    throw new Refusal(
      'sbatch: error: Batch script contains DOS line breaks (\\r\\n)\nsbatch: error: instead of expected UNIX line breaks (\\n).\n',
    );
  }
  return text;
}

function requestedPartition(options: readonly ParsedOption[]): DemoPartition {
  const names = lastOf(options, 'partition')?.split(',');
  // of several, the first is taken
  const partition = names === undefined ? PARTITIONS.find((each) => each.isDefault) : partitionNamed(names[0] ?? '');
  if (partition === undefined)
    throw new Refusal(
      `sbatch: error: invalid partition specified: ${names?.join(',') ?? ''}\n${REFUSED}Invalid partition name specified\n`,
    );
  return partition;
}

/** Refuses what the cluster could never run, as the controller does at once. What only has to wait, however long, passes. */
function checkFeasible(request: RequestedResources, partition: DemoPartition): void {
  const unavailable = `${REFUSED}Requested node configuration is not available\n`;
  const { demand } = request;
  const nodes = nodesOf(partition);
  const largest = (size: (node: (typeof nodes)[number]) => number): number => Math.max(...nodes.map(size));
  if (demand.cpusPerTask > largest((node) => node.cpus))
    throw new Refusal(`sbatch: error: CPU count per node can not be satisfied\n${unavailable}`);
  const memory = demand.memory.per === 'node' ? demand.memory.size : demand.memory.size * demand.cpusPerTask;
  if (memory > largest((node) => node.memory))
    throw new Refusal(`sbatch: error: Memory specification can not be satisfied\n${unavailable}`);
  if (demand.gpusPerNode > largest((node) => node.gpus)) throw new Refusal(unavailable);
  if (!request.gpuTypes.every((type) => nodes.some((node) => node.gpuType === type))) throw new Refusal(unavailable);
  if (!nodes.some((node) => hasFeatures(node, demand.constraint ?? null))) throw new Refusal(unavailable);
  const known = NODES.map((node) => node.name);
  if (![...demand.nodeList, ...demand.exclude].every((name) => known.includes(name)))
    throw new Refusal(`${REFUSED}Invalid node name specified\n`);
  if (!demand.nodeList.every((name) => partition.nodes.includes(name))) throw new Refusal(unavailable);
  // a fixed number of nodes that cannot hold the tasks is refused; too many nodes, or tasks without a number of nodes, wait for ever
  const fixed = demand.minNodes !== null && demand.minNodes <= nodes.length;
  if (fixed && place(demand, nodes.map(emptyRoom)) === null) throw new Refusal(unavailable);
}

function checkAccounting(options: readonly ParsedOption[]): { account: string; qos: string } {
  const account = lastOf(options, 'account') ?? ACCOUNT;
  const qos = lastOf(options, 'qos') ?? DEFAULT_QOS;
  if (accountNamed(account) === undefined)
    throw new Refusal(`${REFUSED}Invalid account or account/partition combination specified\n`);
  if (!jobQos().some((each) => each.name === qos)) throw new Refusal(`${REFUSED}Invalid qos specification\n`);
  return { account, qos };
}

function checkNames(options: readonly ParsedOption[], now: number): void {
  const constraint = lastOf(options, 'constraint') ?? '';
  const features = constraint === '' ? [] : parseConstraint(constraint)?.flat();
  const known = NODES.flatMap((node) => node.features);
  if (features === undefined || !features.every((name) => known.includes(name)))
    throw new Refusal(`${REFUSED}Invalid feature specification\n`);
  const reservation = lastOf(options, 'reservation');
  if (reservation === maintenanceAhead(now).name)
    throw new Refusal(`${REFUSED}Access denied to requested reservation\n`);
  if (reservation !== undefined) throw new Refusal(`${REFUSED}Requested reservation is invalid\n`);
  if (lastOf(options, 'licenses') !== undefined) throw new Refusal(`${REFUSED}Invalid license specification\n`);
}

/** Source: arg_set_no_kill of Slurm's src/common/slurm_opt.c. */
function checkNoKill(options: readonly ParsedOption[]): void {
  if (options.some(({ name, value }) => name === 'no-kill' && value !== null && !/^(?:set|off|no)$/i.test(value)))
    throw new Refusal('sbatch: error: Invalid --no-kill specification\n', 255);
}

function describe(
  call: CommandCall,
  site: Site,
  options: readonly ParsedOption[],
  script: Script,
  scriptArguments: readonly string[],
): { spec: Omit<JobSpec, 'id'>; warnings: string } {
  const partition = requestedPartition(options);
  const resources = requestedResources(options, partition);
  const { dependencies, onAny } = requestedDependencies(options);
  const array = requestedArray(options);
  const now = site.controller.now();
  checkNames(options, now);
  checkNoKill(options);
  const stderr = lastOf(options, 'error');
  const stdin = lastOf(options, 'input');
  const spec: Omit<JobSpec, 'id'> = {
    array,
    name: lastOf(options, 'job-name') ?? script.name,
    user: site.user.name,
    uid: site.user.uid,
    group: site.user.group,
    gid: site.user.gid,
    ...checkAccounting(options),
    partition: partition.name,
    demand: resources.demand,
    tresPerNode: resources.tresPerNode,
    timeLimit: requestedTime(options, partition),
    begin: requestedBegin(options, now),
    dependencies,
    dependencyOnAny: onAny,
    killOnInvalidDependency: lastOf(options, 'kill-on-invalid-dep') === 'yes',
    held: given(options, 'hold'),
    nice: Number.parseInt(lastOf(options, 'nice') ?? '0', 10) || 0,
    requeue: !given(options, 'no-requeue'),
    comment: lastOf(options, 'comment') ?? null,
    features: resources.demand.constraint ?? null,
    warning: requestedWarning(options),
    workDir: requestedFolder(options, localPath(call.folder)),
    stdin: stdin === undefined || stdin === 'none' ? null : localPath(stdin),
    stdout: localPath(lastOf(options, 'output') ?? (array === null ? 'slurm-%j.out' : 'slurm-%A_%a.out')),
    stderr: stderr === undefined ? null : localPath(stderr),
    append: requestedOpenMode(options),
    script: script.text,
    scriptArguments,
    command: script.path,
    submitLine: ['sbatch', ...call.arguments].join(' '),
    environment: exportedEnvironment(options, call.environment),
    submittedAt: now,
  };
  checkFeasible(resources, partition);
  const broken = refusedByLimits(spec, array?.tasks.length ?? 1, site.controller.table);
  if (broken !== null)
    throw new Refusal(
      `sbatch: error: ${broken}\n${REFUSED}Job violates accounting/QOS policy (job submit limit, user's size and/or time limits)\n`,
    );
  return { spec, warnings: resources.warnings };
}

function testOnly(site: Site, spec: JobSpec, call: CommandCall): string {
  const forecast = site.controller.forecast(spec);
  if (forecast === null) throw new Refusal('allocation failure: Requested node configuration is not available\n');
  const start = moment(forecast.start, call.environment['SLURM_TIME_FORMAT'], 'Unknown');
  const nodes = hostList(forecast.shares.map((share) => share.node));
  return `sbatch: Job ${spec.id} to start at ${start} using ${cpusOf(forecast.shares)} processors on nodes ${nodes} in partition ${spec.partition}\n`;
}

/** sbatch: reads script and options, and answers once the job is on disk, or with the words of a refusal. */
export const sbatch: SlurmCommand = async (call, site) => {
  const line = parseSbatchLine(call.arguments);
  if (line.kind === 'refused') return complain(line.message, 255);
  if (given(line.options, 'version')) return say(`slurm ${SLURM_VERSION}\n`);
  if (given(line.options, 'help') || given(line.options, 'usage'))
    return say('Usage: sbatch [OPTIONS(0)...] script(0) [args(0)...]\n');
  let testing = given(line.options, 'test-only');
  try {
    const script = await readScript(call, line.options, line.rest[0]);
    const fromScript = scriptOptions(script.text);
    if (fromScript.kind === 'refused') return complain(fromScript.message, 255);
    const options = [...fromScript.options, ...variableOptions(call.environment), ...line.options];
    testing = given(options, 'test-only');
    const cluster = lastOf(options, 'clusters') ?? null;
    if (cluster !== null && cluster !== CLUSTER_NAME)
      throw new Refusal(`sbatch: error: No cluster '${cluster}' known by database.\n`);
    const { spec: request, warnings } = describe(call, site, options, script, line.rest.slice(1));
    const spec: JobSpec = { ...request, id: site.controller.table.takeIds(request.array?.tasks.length ?? 1) };
    if (testing) return { stdout: '', stderr: `${warnings}${testOnly(site, spec, call)}`, exitCode: 0 };
    const jobs = await site.controller.submit(spec);
    const stdout = given(options, 'parsable')
      ? `${spec.id}${cluster === null ? '' : `;${cluster}`}\n`
      : `Submitted batch job ${spec.id}${cluster === null ? '' : ` on cluster ${cluster}`}\n`;
    if (!given(options, 'wait')) return { stdout, stderr: warnings, exitCode: 0 };
    await site.controller.whenEnded(jobs, call.signal);
    const worst = Math.max(
      ...jobs.map(({ standing }) => (standing.state === 'COMPLETED' ? 0 : standing.exitCode || 1)),
    );
    return { stdout, stderr: warnings, exitCode: worst };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return complain(testing ? error.message.replace(REFUSED, 'allocation failure: ') : error.message, error.exitCode);
  }
};
