import { FileText } from 'lucide-react';
import type { ReactNode } from 'react';
import { endingSignal, signalName, tellingExitCode } from '../../../shared/domain/job/endCause.ts';
import { runOfTask, taskJobId } from '../../../shared/domain/job/runOfTask.ts';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import type { Task, TaskAttempt } from '../../../shared/domain/job/task.ts';
import { taskGroup } from '../../../shared/domain/job/taskGroup.ts';
import { t } from '../../i18n/index.ts';
import { Button, Duration, Group, RelativeTime, StateBadge } from '../../ui/index.ts';
import { EndOfTask, JobProgress, NotConnected, reasonWords, TaskElapsed, WhyItWaits } from '../job/index.ts';
import { FactList } from './FactList.tsx';

/** One task of an array: how it stands or ended, where, when, and its earlier starts. */
export function TaskOverview({ job, task, onLog }: { job: JobRecord; task: Task; onLog: () => void }) {
  const asJob = runOfTask(job, task);
  const group = taskGroup(task);
  const code = tellingExitCode(task);
  const signal = endingSignal(task);
  const exit = [
    code === null ? '' : String(code),
    signal === 0 ? '' : t('jobs.end.signal', { signal: signalName(signal) }),
  ];
  const reason = group === 'pending' ? null : reasonWords(task);
  const facts: [string, ReactNode][] = [
    [t('jobs.facts.jobId'), task.index === null ? job.jobId : taskJobId(job, task.index)],
    // accounting and a node's own log know it by this number
    [t('jobs.tasks.ownId'), task.jobId],
    [t('jobs.facts.progress'), task.progress === null ? null : <JobProgress of={task} inWords />],
    [t('jobs.facts.reason'), reason?.text ?? null],
    [t('jobs.facts.exit'), exit.filter((part) => part !== '').join(' · ')],
    [t('jobs.facts.elapsed'), group === 'pending' ? null : <TaskElapsed task={task} />],
    [t('jobs.facts.limit'), task.timeLimit === null ? null : <Duration seconds={task.timeLimit} />],
    [t('jobs.facts.nodes'), task.nodes],
    [t('jobs.facts.partition'), task.partition],
    [t('jobs.facts.restarts'), task.restarts === 0 ? null : String(task.restarts)],
    [
      t('jobs.facts.starts'),
      group === 'pending' && task.expectedStart !== null ? <RelativeTime at={task.expectedStart} isAhead /> : null,
    ],
    [t('jobs.facts.started'), task.startedAt === null ? null : <RelativeTime at={task.startedAt} />],
    [t('jobs.facts.ended'), task.endedAt === null ? null : <RelativeTime at={task.endedAt} />],
  ];
  return (
    <div className="overview" data-testid="task-overview">
      <div className="overview-wide overview-first">
        <NotConnected job={asJob} />
        <WhyItWaits job={asJob} />
        <EndOfTask
          job={job}
          task={task}
          actions={
            <Button size="dense" icon={FileText} onPress={onLog}>
              {t('jobs.end.showLog')}
            </Button>
          }
        />
      </div>
      <FactList title={t('jobs.sections.facts')} facts={facts} />
      {task.attempts.length === 0 ? null : <Attempts attempts={task.attempts} />}
    </div>
  );
}

/** Starts that a requeue or a preemption ended. */
function Attempts({ attempts }: { attempts: readonly TaskAttempt[] }) {
  return (
    <Group title={t('jobs.tasks.attempts')}>
      <table className="plain-table selectable">
        <tbody>
          {attempts.map((attempt, at) => (
            <tr key={at}>
              <td className="number">{at + 1}</td>
              <td>
                <StateBadge phase="submitted" state={attempt.state} />
              </td>
              <td>{attempt.startedAt === null ? null : <RelativeTime at={attempt.startedAt} />}</td>
              <td>{attempt.nodes}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Group>
  );
}
