import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError, reasonOf } from '../../../shared/errors/appError.ts';
import {
  ACCOUNTING_PROGRAMS,
  accountingScript,
  parseAccountingAnswer,
  SACCT_SECONDS,
  type AccountingAnswer,
  type AccountingRow,
} from '../../slurm/accounting.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import type { CorePorts } from '../ports.ts';
import type { ClusterSessions } from '../services.ts';
import type { AccountingState, AccountingWatch } from './accountingWatch.ts';

interface AccountingDependencies {
  readonly ports: Pick<CorePorts, 'clock' | 'log'>;
  readonly sessions: Pick<ClusterSessions, 'runSlurm'>;
  readonly onAccounting: (clusterId: ClusterId, state: AccountingState) => void;
}

/** What accounting said. */
export interface AccountingFindings {
  readonly rows: AccountingRow[];
  /** The jobs' clusters whose accounting answered wholly: what does not stand among the rows is not known there. */
  readonly whole: ReadonlySet<string | null>;
}

/** A job, or a task of an array that is known by its number there; `task` null asks for the whole. */
export interface AskedJob {
  readonly jobId: string;
  readonly slurmCluster: string | null;
  readonly task: number | null;
}

/** Of more tasks of one array than these the whole array is asked for: a command is only so long. */
const MAX_TASKS_ASKED = 200;

function idsOf(jobs: readonly AskedJob[]): string[] {
  const tasks = new Map<string, Set<number | null>>();
  for (const { jobId, task } of jobs) tasks.set(jobId, (tasks.get(jobId) ?? new Set()).add(task));
  return [...tasks].flatMap(([jobId, indices]) =>
    indices.has(null) || indices.size > MAX_TASKS_ASKED
      ? [jobId]
      : [...indices].map((index) => `${jobId}_${String(index)}`),
  );
}

/** What accounting says of jobs that have left the queue: nothing while it is being left alone. Rejects only when the connection fails. */
export async function askAccounting(
  { sessions, ports, onAccounting }: AccountingDependencies,
  clusterId: ClusterId,
  accounting: AccountingWatch,
  jobs: readonly AskedJob[],
  signal: AbortSignal,
): Promise<AccountingFindings> {
  const rows: AccountingRow[] = [];
  const whole = new Set<string | null>();
  const ask = async (script: string): Promise<AccountingAnswer> => {
    try {
      const { stdout, stderr } = await sessions.runSlurm(clusterId, script, {
        signal,
        timeoutMs: (SACCT_SECONDS + 15) * 1000,
        purpose: 'poll',
        programs: ACCOUNTING_PROGRAMS,
        answer: ANSWER_BOUNDS.accounting,
      });
      return parseAccountingAnswer(stdout, stderr, accounting.without);
    } catch (error) {
      // what its own limit cannot end, a process that waits for a dead file system, ends with its shell
      if (!AppError.is(error, 'REMOTE_TIMEOUT', 'REMOTE_GARBAGE', 'ANSWER_TOO_LARGE')) throw error;
      return { rows: [], outcome: { kind: 'silent', said: reasonOf(error) } };
    }
  };
  for (const slurmCluster of new Set(jobs.map((job) => job.slurmCluster))) {
    const jobIds = idsOf(jobs.filter((job) => job.slurmCluster === slurmCluster));
    // once more for each column that this sacct turns out not to know
    for (;;) {
      if (!accounting.mayAsk(ports.clock.now())) break;
      const answer = await ask(accountingScript({ jobIds, slurmCluster, without: accounting.without }));
      if (answer.outcome.kind === 'unknownField') {
        ports.log.write('warn', 'accounting_column_unknown', null, { clusterId, column: answer.outcome.field });
        accounting.without.add(answer.outcome.field);
        continue;
      }
      rows.push(...answer.rows);
      if (answer.outcome.kind === 'whole') whole.add(slurmCluster);
      if (accounting.heard(answer.outcome, ports.clock.now())) {
        if (answer.outcome.kind !== 'whole')
          ports.log.write('warn', 'accounting_failed', null, { clusterId, ...answer.outcome });
        onAccounting(clusterId, accounting.state);
      }
      break;
    }
  }
  return { rows, whole };
}
