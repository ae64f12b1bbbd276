import type { Draft } from '../../../shared/domain/job/draft.ts';
import { SlurmJobId, type ClusterId, type RequestId, type RunId } from '../../../shared/domain/ids.ts';
import { isActive, isSettled, mayBeResumed } from '../../../shared/domain/job/rules.ts';
import type { JobRecord, TransferProgress } from '../../../shared/domain/job/schema.ts';
import { AppError, recordOf } from '../../../shared/errors/appError.ts';
import { errorMessages } from '../../../shared/errors/codedError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { message } from '../../../shared/messages/message.ts';
import { abandonScript } from '../../slurm/submit.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import { failureDetails } from '../log/failure.ts';
import type { CorePorts } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import type {
  ClusterSessions,
  ImageRegistry,
  LocalFiles,
  ScriptMaker,
  SessionEnvironment,
  SettingsReader,
  TemplateLibrary,
} from '../services.ts';
import { firstTasks } from './firstTasks.ts';
import type { JobRegistry } from './jobRegistry.ts';
import { prepareRun } from './prepare.ts';
import { submitSteps } from './steps.ts';
import { Submission } from './submission.ts';

interface SubmissionsDependencies {
  readonly ports: Pick<CorePorts, 'store' | 'clock' | 'log' | 'randomId'>;
  readonly registry: JobRegistry;
  readonly sessions: ClusterSessions;
  readonly templates: TemplateLibrary;
  readonly files: LocalFiles;
  readonly scripts: ScriptMaker;
  readonly images: ImageRegistry;
  readonly settings: SettingsReader;
  readonly emit: Emit;
  /** A job id is known now. */
  readonly onSubmitted: (job: JobRecord) => void;
}

/** Every submission that is not settled, and the machines that carry them on. */
export interface Submissions extends Disposable {
  /**
   * Stores the intent and begins. The same request id answers with the same run, whatever the draft. With `wait`, answers when
   * the run is settled or can get no further for now.
   * Errors: those of the checks, RATE_LIMITED, NOT_CONNECTED, RECORD_FAILED.
   */
  submit(draft: Draft, requestId: RequestId, wait: boolean, signal: AbortSignal): Promise<JobRecord>;
  /** Goes on with an interrupted run, or with one that was rejected for a passing reason. JOB_ACTION_FAILED otherwise. */
  resume(runId: RunId): Promise<JobRecord>;
  /** Goes on with all interrupted runs of a cluster. */
  resumeAll(clusterId: ClusterId): void;
  /** Stops the machine of a run before sbatch was started and writes it down as cancelled; later it waits for the outcome. */
  stop(runId: RunId, signal: AbortSignal): Promise<JobRecord>;
  /**
   * Settles an ambiguous run with a person's word. A run given up is marked so on the cluster: should its job turn up after all, it
   * ends at once. JOB_ACTION_FAILED when the run is not ambiguous (any more); NOT_CONNECTED.
   */
  decide(
    runId: RunId,
    decision: { kind: 'found'; jobId: string } | { kind: 'never-ran' },
    signal: AbortSignal,
  ): Promise<JobRecord>;
}

interface Machine {
  readonly controller: AbortController;
  readonly ended: Promise<JobRecord>;
}

const MINUTE_MS = 60_000;

export function createSubmissions(dependencies: SubmissionsDependencies): Submissions {
  const { ports, registry, sessions, settings, emit } = dependencies;
  const machines = new Map<RunId, Machine>();
  const preparing = new Map<RequestId, Promise<JobRecord>>();

  const tell = (job: JobRecord, transfers: readonly TransferProgress[]): void =>
    emit('submit.progress', { runId: job.runId, phase: job.phase, steps: submitSteps(job), transfers: [...transfers] });

  /** Starts the machine of a run unless it runs already. */
  function drive(runId: RunId, untouched: boolean): Promise<JobRecord> {
    const running = machines.get(runId);
    if (running !== undefined) return running.ended;
    const controller = new AbortController();
    const submission = new Submission(
      { registry, sessions, files: dependencies.files, clock: ports.clock, log: ports.log, onProgress: tell },
      runId,
      untouched,
      controller.signal,
    );
    const ended = submission
      .run()
      .then((job) => {
        if (job.phase === 'submitted') dependencies.onSubmitted(job);
        return job;
      })
      .finally(() => machines.delete(runId));
    // whoever waits hears of a failure; when nobody does, it is in the log and the run is resumed later
    ended.catch((error: unknown) => {
      if (!AppError.is(error, 'CANCELLED'))
        ports.log.write('error', 'submission_stopped', registry.get(runId).requestId, failureDetails(error));
    });
    machines.set(runId, { controller, ended });
    return ended;
  }

  /** Home folder and user, which the record needs: from the live session, from an earlier one, or from the one being made. */
  async function environmentOf(clusterId: ClusterId, signal: AbortSignal): Promise<SessionEnvironment> {
    const { phase } = sessions.state(clusterId);
    if (phase === 'offline' || phase === 'failed')
      throw new AppError('NOT_CONNECTED', { details: { cluster: sessions.profile(clusterId).name } });
    const known = sessions.environment(clusterId);
    if (known !== null) return known;
    await sessions.whenReady(clusterId, signal);
    const now = sessions.environment(clusterId);
    if (now === null) throw new AppError('NOT_CONNECTED', { details: { cluster: sessions.profile(clusterId).name } });
    return now;
  }

  function guardRate(): void {
    const limit = settings.current().submissionsPerMinute;
    if (ports.store.jobs.submittedSince(ports.clock.now() - MINUTE_MS) >= limit)
      throw new AppError('RATE_LIMITED', { details: { limit, seconds: 60 } });
  }

  async function begin(draft: Draft, requestId: RequestId, signal: AbortSignal): Promise<JobRecord> {
    ports.log.write('info', 'job_submit_start', requestId, {
      clusterId: draft.clusterId,
      templateId: draft.templateId,
      name: draft.jobName,
      has_files: draft.files.length > 0,
    });
    try {
      const environment = await environmentOf(draft.clusterId, signal);
      const job = await prepareRun(dependencies, draft, requestId, environment, signal);
      // last, with nothing awaited between counting and storing
      guardRate();
      registry.insert(job);
      return job;
    } catch (error) {
      ports.log.write('error', 'job_submit_failed', requestId, failureDetails(error));
      throw error;
    }
  }

  function found(job: JobRecord, told: string, by: 'person' | 'look'): JobRecord {
    if (!SlurmJobId.safeParse(told).success)
      throw new AppError('INPUT_INVALID', { details: { reason: message('jobs.idIsNumber'), field: 'decision.jobId' } });
    // a task of the array names its array, too
    const jobId = job.array === null ? told : told.replace(/_.*$/, '');
    const submitted = registry.recordTasks(
      job.runId,
      firstTasks(job, jobId, 'PENDING'),
      { phase: 'submitted', jobId, submittedAt: job.submittedAt ?? ports.clock.now(), error: null },
      {
        state: 'PENDING',
        detail: message(by === 'person' ? 'events.jobNamed' : 'events.jobRunsAfterAll', { job: jobId }),
      },
    );
    tell(submitted, []);
    dependencies.onSubmitted(submitted);
    return submitted;
  }

  return {
    submit: async (draft, requestId, wait, signal) => {
      const existing = ports.store.jobs.findByRequest(requestId);
      if (existing !== null) return wait && machines.has(existing.runId) ? drive(existing.runId, false) : existing;
      let job = preparing.get(requestId);
      if (job === undefined) {
        job = begin(draft, requestId, signal).finally(() => preparing.delete(requestId));
        preparing.set(requestId, job);
      }
      const prepared = await job;
      const ended = drive(prepared.runId, true);
      return wait ? ended : prepared;
    },

    resume: async (runId) => {
      const job = registry.get(runId);
      if (job.phase === 'submitted') return job;
      if (isActive(job)) {
        void drive(runId, false).catch(() => undefined);
        return job;
      }
      if (!mayBeResumed(job)) {
        throw new AppError('JOB_ACTION_FAILED', {
          details: {
            action: message('jobs.action.resume'),
            reason: job.error === null ? message('jobs.givenUp') : errorMessages(job.error).message,
          },
          hint: message('jobs.submitAnew'),
        });
      }
      const phase = job.files.some((file) => !file.uploaded) ? 'uploading' : 'submitting';
      const again = registry.update(
        runId,
        { phase, error: null },
        { state: phase, detail: message('events.triedAgain') },
      );
      // the refusal was a known outcome: nothing of it can still start a job
      void drive(runId, true).catch(() => undefined);
      return again;
    },

    resumeAll: (clusterId) => {
      for (const job of registry.active(clusterId)) {
        if (job.phase === 'submitted' || machines.has(job.runId)) continue;
        ports.log.write('info', 'job_submit_resumed', job.requestId, { runId: job.runId, phase: job.phase });
        void drive(job.runId, false).catch(() => undefined);
      }
    },

    stop: async (runId, signal) => {
      const job = registry.get(runId);
      const machine = machines.get(runId);
      if (job.phase === 'submitting' || job.phase === 'ambiguous') {
        // sbatch may have taken the job: what it became must be known before it can be cancelled
        const outcome = await withSignal(machine?.ended ?? drive(runId, false), signal);
        if (!isSettled(outcome) && outcome.phase !== 'submitted') {
          throw new AppError('JOB_ACTION_FAILED', {
            details: { action: message('jobs.action.cancel'), reason: message('jobs.notKnownYet') },
            hint: message('jobs.connectFirst'),
          });
        }
        return outcome;
      }
      machine?.controller.abort();
      await machine?.ended.catch(() => undefined);
      const now = registry.get(runId);
      if (now.phase !== 'prepared' && now.phase !== 'uploading') return now;
      const cancelled = registry.update(
        runId,
        { phase: 'cancelled', error: recordOf(new AppError('CANCELLED')) },
        { state: 'cancelled', detail: message('events.cancelledUnsent') },
      );
      tell(cancelled, []);
      return cancelled;
    },

    decide: async (runId, decision, signal) => {
      const machine = machines.get(runId);
      if (registry.get(runId).phase === 'ambiguous') {
        machine?.controller.abort();
        await machine?.ended.catch(() => undefined);
      }
      const job = registry.get(runId);
      if (job.phase !== 'ambiguous')
        throw new AppError('JOB_ACTION_FAILED', {
          details: { action: message('jobs.action.decide'), reason: message('jobs.knownByNow') },
        });
      if (decision.kind === 'found') return found(job, decision.jobId, 'person');
      const { stdout } = await sessions.runSlurm(job.clusterId, abandonScript(job.runFolder), {
        signal,
        purpose: 'submit',
        programs: [],
        answer: ANSWER_BOUNDS.submit,
        repeatable: true,
      });
      const taken = /^taken (\d+)/m.exec(stdout)?.[1];
      if (taken !== undefined) return found(job, taken, 'look');
      if (!/^abandoned$/m.test(stdout))
        throw new AppError('JOB_ACTION_FAILED', {
          details: { action: message('jobs.action.decide'), reason: message('jobs.notMarked') },
        });
      const given = registry.update(
        runId,
        { phase: 'abandoned' },
        { state: 'abandoned', detail: message('events.givenUp') },
      );
      tell(given, []);
      return given;
    },

    dispose: async () => {
      const all = [...machines.values()];
      for (const { controller } of all) controller.abort();
      await Promise.allSettled(all.map(({ ended }) => ended));
    },
  };
}

/** The promise, or CANCELLED as soon as the signal fires; the work itself goes on. */
function withSignal<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = (): void => reject(new AppError('CANCELLED'));
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}
