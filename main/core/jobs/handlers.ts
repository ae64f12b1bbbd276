import { RequestId, type ClusterId } from '../../../shared/domain/ids.ts';
import { mayBeRemoved } from '../../../shared/domain/job/rules.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import type { HandlersOf } from '../core.ts';
import type { JobRepository } from '../ports.ts';
import type { Operations } from '../services.ts';
import { explain } from './explain.ts';
import type { JobRegistry } from './jobRegistry.ts';
import type { JobLogs } from './jobLog.ts';
import type { Monitor } from './monitor.ts';
import { submitSteps } from './steps.ts';
import type { Submissions } from './submissions.ts';

interface JobHandlerDependencies {
  readonly jobs: JobRepository;
  readonly registry: JobRegistry;
  readonly submissions: Submissions;
  /** Rejects when jobs may not run there: DEMO_NOT_CONFIRMED. */
  readonly mayRunOn: (clusterId: ClusterId) => Promise<void>;
  readonly monitor: Monitor;
  readonly logs: JobLogs;
  readonly operations: Operations;
  readonly cancel: HandlersOf<'jobs'>['jobs.cancel'];
}

export function jobHandlers({
  jobs,
  registry,
  submissions,
  mayRunOn,
  monitor,
  logs,
  operations,
  cancel,
}: JobHandlerDependencies): HandlersOf<'jobs'> {
  return {
    // without an id of its own, the call's id is the attempt's
    'jobs.submit': async ({ draft, requestId, wait }, context) => {
      await mayRunOn(draft.clusterId);
      return submissions.submit(draft, requestId ?? RequestId.parse(context.requestId), wait, context.signal);
    },
    'jobs.resume': ({ runId }) => submissions.resume(runId),
    'jobs.decide': ({ runId, decision }, { signal }) => submissions.decide(runId, decision, signal),
    'jobs.list': ({ filter, offset, limit }) => jobs.list(filter, offset, limit),
    'jobs.counts': () => jobs.counts(),
    'jobs.get': ({ runId }) => {
      const job = registry.get(runId);
      return { job, events: jobs.events(runId), steps: submitSteps(job) };
    },
    'jobs.tasks': ({ runId, offset, limit, groups }) => {
      registry.get(runId);
      return jobs.tasks(runId, { offset, limit, groups });
    },
    'jobs.watch': ({ runIds, visible, watcher }) => {
      monitor.watch(watcher, runIds, visible);
      return {};
    },
    'jobs.refresh': async ({ clusterId }, { signal }) => {
      await monitor.refresh(clusterId, signal);
      return { nextPollAt: monitor.nextPollAt(clusterId) };
    },
    'jobs.cancel': cancel,
    'jobs.remove': ({ runIds }) => {
      const active = runIds.map((runId) => registry.get(runId)).find((job) => !mayBeRemoved(job));
      if (active !== undefined)
        throw new AppError('JOB_ACTION_FAILED', {
          details: { action: message('jobs.action.remove'), reason: message('jobs.notEnded', { name: active.name }) },
          hint: message('jobs.cancelFirst'),
        });
      return { removed: registry.remove(runIds) };
    },
    'jobs.readLog': ({ runId, task, stream, offset, limit }, { signal }) =>
      logs.read({ runId, task, stream }, offset, limit, signal),
    'jobs.explain': (of, { signal }) => explain({ registry, logs }, of, signal),
    'jobs.followLog': ({ runId, task, stream, offset }) => {
      const log = { runId, task, stream };
      logs.check(log);
      return {
        operationId: operations.start((operationId, signal) => logs.follow(operationId, log, offset, signal)),
      };
    },
  };
}
