import { quote } from '../../shared/lib/quote.ts';
import { clusterOption } from './clusterOption.ts';
import { durationOf, epochOf, framedRows, numberOf, SEPARATOR, stateOf, textOf } from './fields.ts';
import { MARK } from './record.ts';
import { LIMIT } from './sections.ts';
import { firstComplaint } from './unknowns.ts';

/**
 * One run of one job as sacct keeps it; a requeued job has several, oldest first. Times in epoch seconds, durations in seconds. A job
 * that ended right after it began may for a moment have the name `allocation` and no limit [seen].
 */
export interface AccountingRow {
  /** `123` or `123_4`. */
  readonly jobId: string;
  /** The number Slurm knows it by; for array tasks not the array's. */
  readonly jobIdRaw: string;
  readonly state: string;
  /** Who cancelled it: `1001` of `CANCELLED by 1001`, a number or a name. */
  readonly cancelledBy: string | null;
  /** What else stands behind the state. */
  readonly stateDetail: string | null;
  readonly exitCode: number | null;
  readonly signal: number | null;
  readonly submitTime: number | null;
  readonly start: number | null;
  readonly end: number | null;
  readonly elapsed: number | null;
  readonly timeLimit: number | null;
  /** As Slurm prints them: `32G`, before 21.08 with `n` or `c` behind. */
  readonly requestedMemory: string | null;
  /** `billing=4,cpu=4,mem=8G,node=1,gres/gpu=1`. */
  readonly allocatedTres: string | null;
  readonly nodes: string | null;
  readonly workDir: string;
  /** Where it ran; before it starts, all that it may run in: `short,long`. */
  readonly partition: string | null;
  readonly name: string;
}

/** The columns that are read, all known to sacct since 17.11. The name, which may hold anything, is the last. */
const FIELDS = [
  'JobID',
  'JobIDRaw',
  'State',
  'ExitCode',
  'Submit',
  'Start',
  'End',
  'ElapsedRaw',
  'TimelimitRaw',
  'ReqMem',
  'AllocTRES',
  'NodeList',
  'WorkDir',
  'Partition',
  'JobName',
] as const;
type Field = (typeof FIELDS)[number];
/** Without these a row says nothing. */
const NEEDED: readonly string[] = ['JobID', 'State'] satisfies Field[];

/** What is asked for, without the columns that this sacct does not know: one of them fails the whole call. */
const fieldsWithout = (without: ReadonlySet<string>): Field[] =>
  FIELDS.filter((field) => NEEDED.includes(field) || !without.has(field));

const NOTHING_LEFT_OUT: ReadonlySet<string> = new Set();

export interface AccountingQuestion {
  readonly jobIds: readonly string[];
  /** Another cluster than the login node's own. */
  readonly slurmCluster?: string | null;
  /** Columns that this sacct has refused. */
  readonly without?: ReadonlySet<string>;
}

/** sacct for some jobs, one row for each run of them, with the job's id behind each row. Ids that are no job ids are left out. */
export function accountingCommand({
  jobIds,
  slurmCluster = null,
  without = NOTHING_LEFT_OUT,
}: AccountingQuestion): string {
  const ids = jobIds.filter((id) => /^\d+(?:_\d+)?$/.test(id));
  return `sacct${clusterOption(slurmCluster)} -X -n -P -D --delimiter=${quote(SEPARATOR)} -j ${quote(ids.join(','))} -o ${[...fieldsWithout(without), 'JobID'].join(',')}`;
}

/**
 * Seconds after which a sacct without an answer is ended on the login node. A database that answers does so within one or two; whoever
 * waits for this one waits for the state of jobs that the queue has told already.
 */
export const SACCT_SECONDS = 15;

/** Slurm's programs that `accountingScript` runs, one entry for each place: what it may run at most, since a branch may not be taken. */
export const ACCOUNTING_PROGRAMS = ['sacct'] as const;

/** sh that asks sacct and tells its exit code. */
export function accountingScript(question: AccountingQuestion): string {
  return [
    LIMIT,
    `echo '${MARK} accounting'`,
    `slipway_limit ${SACCT_SECONDS} ${accountingCommand(question)}`,
    `printf '\\n${MARK} end %s\\n' "$?"`,
  ].join('\n');
}

/** How sacct took a question. */
export type AccountingOutcome =
  /** All that it knows of these jobs is among the rows. */
  | { kind: 'whole' }
  /** This cluster keeps no accounting, or the login node has no sacct: a mode, not an error. */
  | { kind: 'absent'; said: string }
  /** It should know and does not say: what is not among the rows may be known all the same. */
  | { kind: 'silent'; said: string }
  /** One column is not known to this release: ask again without it. */
  | { kind: 'unknownField'; field: string };

export interface AccountingAnswer {
  /** Whole rows. They count whatever the outcome is: a row that says its id first and last is no less true for the one that is missing. */
  readonly rows: AccountingRow[];
  readonly outcome: AccountingOutcome;
}

/** Reads the answer of `accountingScript`. Lines that are no rows are left out; never throws. */
export function parseAccountingAnswer(
  stdout: string,
  stderr: string,
  without: ReadonlySet<string> = NOTHING_LEFT_OUT,
): AccountingAnswer {
  const text = `\n${stdout}`;
  const begin = `\n${MARK} accounting\n`;
  const from = text.indexOf(begin);
  const end = text.lastIndexOf(`\n${MARK} end `);
  const code = end < 0 ? undefined : /^\n@slipway end (\d{1,3})\n?$/.exec(text.slice(end))?.[1];
  if (from < 0 || end < from) return { rows: [], outcome: { kind: 'silent', said: 'the answer of sacct was cut' } };
  // the begin's own end of line may be the one before the end
  const { rows, whole } = readAccounting(text.slice(from + begin.length, Math.max(from + begin.length, end)), without);
  return { rows, outcome: outcomeOf(code === undefined ? null : Number(code), whole, rows.length, stderr) };
}

const ABSENT = /accounting storage is disabled|not running a supported accounting_storage|accounting_storage\/none/i;

function outcomeOf(exitCode: number | null, whole: boolean, rows: number, stderr: string): AccountingOutcome {
  if (exitCode === null) return { kind: 'silent', said: 'the answer of sacct was cut' };
  const said = firstComplaint(stderr);
  const field = /Invalid field requested: "([^"]+)"/i.exec(stderr)?.[1];
  const known = FIELDS.find((each) => each.toLowerCase() === field?.toLowerCase());
  if (exitCode !== 0 && known !== undefined && !NEEDED.includes(known)) return { kind: 'unknownField', field: known };
  if (exitCode === 127) return { kind: 'absent', said: said === '' ? 'sacct: command not found' : said };
  if (ABSENT.test(stderr)) return { kind: 'absent', said };
  if (exitCode === 124) return { kind: 'silent', said: `no answer within ${SACCT_SECONDS} s` };
  if (exitCode !== 0) return { kind: 'silent', said: said === '' ? `sacct ended with code ${exitCode}` : said };
  if (!whole) return { kind: 'silent', said: 'the answer of sacct was cut' };
  // some releases complain, find nothing, and end with 0
  if (rows === 0 && /\b(?:error|fatal|failed)\b/i.test(stderr)) return { kind: 'silent', said };
  return { kind: 'whole' };
}

function readAccounting(stdout: string, without: ReadonlySet<string>): { rows: AccountingRow[]; whole: boolean } {
  const fields = fieldsWithout(without);
  const { rows, whole } = framedRows(stdout, fields.length);
  return { rows: rows.flatMap((cells) => rowOf(new Map(fields.map((field, i) => [field, cells[i] ?? ''])))), whole };
}

function rowOf(cells: ReadonlyMap<Field, string>): AccountingRow[] {
  const jobId = cells.get('JobID') ?? '';
  if (!/^\d+(?:_\S+)?$/.test(jobId)) return [];
  const { state, detail } = stateOf(cells.get('State'));
  const [code, signal] = (cells.get('ExitCode') ?? '').split(':');
  const minutes = numberOf(cells.get('TimelimitRaw'));
  const by = /^by (\S{1,100})$/.exec(detail ?? '')?.[1] ?? null;
  return [
    {
      jobId,
      jobIdRaw: cells.get('JobIDRaw') ?? jobId,
      state,
      cancelledBy: by,
      stateDetail: by === null ? detail : null,
      exitCode: numberOf(code),
      signal: numberOf(signal),
      submitTime: epochOf(cells.get('Submit')),
      start: epochOf(cells.get('Start')),
      end: epochOf(cells.get('End')),
      elapsed: numberOf(cells.get('ElapsedRaw')),
      timeLimit: minutes === null ? durationOf(cells.get('TimelimitRaw')) : minutes * 60,
      requestedMemory: textOf(cells.get('ReqMem')),
      allocatedTres: textOf(cells.get('AllocTRES')),
      nodes: textOf(cells.get('NodeList')),
      workDir: cells.get('WorkDir') ?? '',
      partition: textOf(cells.get('Partition')),
      name: cells.get('JobName') ?? '',
    },
  ];
}
