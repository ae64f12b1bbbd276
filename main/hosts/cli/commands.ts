import { inWords } from '../../../shared/messages/catalogue.ts';
import { readFile } from 'node:fs/promises';
import { operations, type OperationName } from '../../../shared/contract/index.ts';
import type { CostEstimate } from '../../../shared/domain/cost/schema.ts';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { isSettled } from '../../../shared/domain/job/rules.ts';
import type { Problem } from '../../../shared/domain/problem/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { message } from '../../../shared/messages/message.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import { connectOnTerminal } from './connect.ts';
import { draftFromOptions, type DraftOptions } from './draftOptions.ts';
import { waitForEnd } from './follow.ts';
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
      details: { reason: message('commandLine.notJson') },
      hint: message('commandLine.exampleCall'),
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
      throw new AppError('FILE_UNREADABLE', { details: { name: file, reason: reasonMessage(error) }, cause: error });
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
