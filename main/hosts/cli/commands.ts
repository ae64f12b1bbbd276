import { inWords } from '../../../shared/messages/catalogue.ts';
import { readFile } from 'node:fs/promises';
import { operations, type OperationName } from '../../../shared/contract/index.ts';
import type { CostEstimate } from '../../../shared/domain/cost/schema.ts';
import { ClusterId, RunId } from '../../../shared/domain/ids.ts';
import { isSettled } from '../../../shared/domain/job/rules.ts';
import { cancellerText, type JobRecord, type JobRow } from '../../../shared/domain/job/schema.ts';
import type { Problem } from '../../../shared/domain/problem/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { connectOnTerminal } from './connect.ts';
import { draftFromOptions, type DraftOptions } from './draftOptions.ts';
import { printLog, waitForEnd } from './follow.ts';
import type { CliClient } from './client.ts';
import { note, print, printJson, printText, table } from './terminal.ts';

/** What a command leaves as the process's exit code. */
export type ExitCode = number;

/** Every operation, for `call --list`. */
export function listOperations(): string {
  return table(
    ['OPERATION', 'WHAT IT DOES'],
    (Object.keys(operations) as OperationName[]).sort().map((name) => [name, operations[name].summary]),
  );
}

export async function callOperation(client: CliClient, name: string, json: string): Promise<ExitCode> {
  let input: unknown;
  try {
    input = JSON.parse(json);
  } catch (error) {
    throw new AppError('INPUT_INVALID', {
      details: { reason: 'the input is not JSON' },
      hint: `For example: slipway call clusters.facts '{"clusterId":"demo"}'`,
      cause: error,
    });
  }
  const envelope = await client.envelope(name, input);
  printJson(envelope, 2);
  return envelope.ok ? 0 : 1;
}

export async function listTemplates(client: CliClient, json: boolean): Promise<ExitCode> {
  const templates = await client.call('templates.list', {});
  if (json) printJson(templates, 2);
  else
    print(
      table(
        ['ID', 'SOURCE', 'CATEGORY', 'NAME', ''],
        templates.map((template) => [
          template.id,
          template.source,
          template.category,
          template.displayName,
          template.usable ? '' : 'broken',
        ]),
      ),
    );
  return 0;
}

/** A problem on one line: place, severity, sentence, next step. */
export function problemLine(problem: Problem): string {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== null).join(':');
  return `${place === '' ? '' : `${place}: `}${problem.severity}: ${plainLine(inWords(problem.message))}${problem.hint === null ? '' : ` (${plainLine(inWords(problem.hint))})`}`;
}

export async function validateTemplates(client: CliClient, files: readonly string[], json: boolean): Promise<ExitCode> {
  let failed = false;
  for (const file of files) {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      throw new AppError('FILE_UNREADABLE', { details: { name: file, reason: String(error) }, cause: error });
    });
    const result = await client.call('templates.validate', { text, fileName: file });
    failed ||= !result.ok;
    if (json) printJson({ file, ...result });
    else {
      for (const problem of result.problems) print(problemLine(problem));
      if (result.ok) print(`${file}: valid`);
    }
  }
  return failed ? 1 : 0;
}

/** In money where the cluster has rates, and in its own units where it has those. */
function costWords(cost: CostEstimate): string {
  const money = cost.currency === null ? 'no rates set for this cluster' : `${cost.total.toFixed(2)} ${cost.currency}`;
  return cost.billing === null
    ? money
    : `${money}; ${String(cost.billing.total)} billing ${cost.billing.total === 1 ? 'unit' : 'units'}`;
}

export async function printScript(client: CliClient, options: DraftOptions): Promise<ExitCode> {
  const preview = await client.call('scripts.preview', { draft: await draftFromOptions(client, options) });
  printText(preview.text);
  for (const problem of preview.problems) note(problemLine(problem));
  if (preview.cost !== null) note(`estimated cost: ${costWords(preview.cost)}`);
  return preview.problems.some(({ severity }) => severity === 'error') ? 1 : 0;
}

export async function submit(
  client: CliClient,
  options: DraftOptions & { wait: boolean; json: boolean },
  signal: AbortSignal,
): Promise<ExitCode> {
  await connectOnTerminal(client, ClusterId.parse(options.cluster));
  const draft = await draftFromOptions(client, options);
  const { problems } = await client.call('scripts.preview', { draft });
  for (const problem of problems) if (problem.severity === 'warning') note(problemLine(problem));
  let job = await client.call('jobs.submit', { draft, wait: true }, signal);
  if (!options.json)
    note(job.jobId === null ? `${job.runId}: ${job.phase}` : `Job ${job.jobId} (${job.runId}) in ${job.runFolder}`);
  if (options.wait && !isSettled(job)) job = await waitForEnd(client, job.runId, signal);
  if (options.json) printJson(job, 2);
  else print(job.runId);
  if (job.error !== null && !options.json) note(`${job.error.message}\n  ${job.error.hint}`);
  if (job.phase !== 'submitted') return 1;
  return options.wait && job.state !== 'COMPLETED' ? 1 : 0;
}

function elapsedOf(job: JobRow): string {
  return job.elapsed === null ? '' : formatDuration(job.elapsed);
}

/** The run that a person means: a run id, or the newest job with this Slurm id. JOB_NOT_FOUND. */
export async function findRun(client: CliClient, id: string): Promise<RunId> {
  const run = RunId.safeParse(id);
  if (run.success) return run.data;
  const { rows } = await client.call('jobs.list', { filter: { text: id }, limit: 200 });
  const row = rows.find(({ jobId }) => jobId === id);
  if (row === undefined) throw new AppError('JOB_NOT_FOUND', { hint: 'Run `slipway status` for the list.' });
  return row.runId;
}

export async function status(client: CliClient, id: string | undefined, json: boolean): Promise<ExitCode> {
  if (id === undefined) {
    const { rows, total } = await client.call('jobs.list', { limit: 50 });
    if (json) printJson(rows, 2);
    else {
      print(
        table(
          ['RUN', 'JOB', 'STATE', 'NAME', 'CLUSTER', 'ELAPSED', 'REASON'],
          rows.map((job) => [
            job.runId,
            job.jobId ?? '',
            job.state ?? job.phase,
            job.name,
            job.clusterId,
            elapsedOf(job),
            reasonText(job) ?? '',
          ]),
        ),
      );
      if (total > rows.length) note(`… and ${String(total - rows.length)} older`);
    }
    return 0;
  }
  const { job, events } = await client.call('jobs.get', { runId: await findRun(client, id) });
  if (json) printJson({ job, events }, 2);
  else print(describe(job));
  return 0;
}

/** Why it waits or how it ended. */
function reasonText(job: Pick<JobRecord, 'state' | 'reason' | 'cancelledBy'>): string | null {
  return job.state === 'CANCELLED' && job.cancelledBy != null
    ? `cancelled by ${cancellerText(job.cancelledBy)}`
    : job.reason;
}

function describe(job: JobRecord): string {
  const lines: [string, string | null][] = [
    ['run', job.runId],
    ['job', job.jobId],
    ['name', job.name],
    ['state', job.state ?? job.phase],
    ['reason', reasonText(job)],
    ['exit code', job.exitCode === null ? null : String(job.exitCode)],
    ['started again', (job.restarts ?? 0) === 0 ? null : `${String(job.restarts)} times`],
    ['cluster', job.clusterId],
    ['slurm cluster', job.slurmCluster ?? null],
    ['partition', job.partition],
    ['nodes', job.nodes],
    ['elapsed', job.elapsed === null ? null : formatDuration(job.elapsed)],
    ['folder', job.runFolder],
    ['request id', job.requestId],
    ['error', job.error === null ? null : `${job.error.message} ${job.error.hint}`],
  ];
  return lines
    .flatMap(([label, value]) => (value === null || value === '' ? [] : [`${label.padEnd(12)}${plainLine(value)}`]))
    .join('\n');
}

export async function logs(
  client: CliClient,
  id: string,
  options: { follow: boolean; stderr: boolean; raw: boolean },
  signal: AbortSignal,
): Promise<ExitCode> {
  const runId = await findRun(client, id);
  const { job } = await client.call('jobs.get', { runId });
  await connectOnTerminal(client, job.clusterId);
  await printLog(
    client,
    runId,
    { stream: options.stderr ? 'stderr' : 'stdout', follow: options.follow, raw: options.raw },
    signal,
  );
  return 0;
}

export async function cancel(client: CliClient, id: string): Promise<ExitCode> {
  const runId = await findRun(client, id);
  const { job } = await client.call('jobs.get', { runId });
  await connectOnTerminal(client, job.clusterId);
  const after = await client.call('jobs.cancel', { runId });
  print(`${after.jobId ?? after.runId} ${after.state ?? after.phase}`);
  return 0;
}
