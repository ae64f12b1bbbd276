import { errorMessages } from '../../../shared/errors/codedError.ts';
import { message, quoted } from '../../../shared/messages/message.ts';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { JobRecord, TransferProgress } from '../../../shared/domain/job/schema.ts';
import { endedUnsubmitted } from '../../../shared/domain/job/rules.ts';
import { AppError, recordOf } from '../../../shared/errors/appError.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { assertNever } from '../../../shared/lib/assertNever.ts';
import { refusalOf } from '../../slurm/rejection.ts';
import { runFolderMode } from '../../slurm/runFolder.ts';
import {
  parseSubmitOutcome,
  PROBE_PROGRAMS,
  probeScript,
  SUBMIT_PROGRAMS,
  submitScript,
  type SubmitOutcome,
} from '../../slurm/submit.ts';
import { ANSWER_BOUNDS } from '../answerBounds.ts';
import { failureDetails } from '../log/failure.ts';
import type { Clock, Log, RemoteConnection } from '../ports.ts';
import type { ClusterSessions, LocalFiles, SessionEnvironment } from '../services.ts';
import { firstTasks } from './firstTasks.ts';
import type { JobRegistry } from './jobRegistry.ts';
import { uploadInputs } from './uploadInputs.ts';

export interface SubmissionDependencies {
  readonly registry: JobRegistry;
  readonly sessions: Pick<ClusterSessions, 'knownFacts' | 'whenReady' | 'runSlurm' | 'profile'> & {
    environment(clusterId: JobRecord['clusterId']): SessionEnvironment | null;
  };
  readonly files: Pick<LocalFiles, 'path' | 'converted'>;
  readonly clock: Clock;
  readonly log: Log;
  readonly onProgress: (job: JobRecord, transfers: readonly TransferProgress[]) => void;
}

/** Seconds for which the cluster itself waits for sbatch before it answers “still at work”. */
const WAIT_SECONDS = 20;
/** sbatch retries for up to 120 s by itself; after this long without an end its outcome counts as unknown. */
const RUNNING_LIMIT_MS = 200_000;
const RUNNING_PAUSE_MS = 500;
/** How long and how often an unknown outcome is looked into before a person is asked. */
const AMBIGUOUS_LIMIT_MS = 180_000;
const AMBIGUOUS_PAUSE_MS = 3000;
/** Passing failures in a row, without any progress between them, after which the submission stops. */
const FAILURE_LIMIT = 8;
/** A file that arrives damaged this often is not sent again. */
const HASH_LIMIT = 3;

const isPassing = (error: unknown): boolean =>
  AppError.is(error, 'CONNECTION_LOST', 'NOT_CONNECTED', 'REMOTE_TIMEOUT', 'CHANNEL_REFUSED', 'UPLOAD_FAILED');

/**
 * Takes one run from its record to a job id or a refusal. Only the record says what is next, so it goes on after any cut of the
 * connection and any death of the process. sbatch is started by `submitScript` alone, which the cluster's own lock lets through
 * once; after anything that leaves its outcome unknown, the cluster is asked first.
 *
 * Resolves with the record when it is settled, or as far as it got: waiting for a connection, or ambiguous and waiting for a
 * person. Rejects with CANCELLED when the signal fires and with RECORD_FAILED when the store cannot be written.
 */
export class Submission {
  readonly #parts: SubmissionDependencies;
  readonly #runId: RunId;
  readonly #signal: AbortSignal;
  /** True while it is sure that nothing of the sbatch step was ever sent since the last known outcome. */
  #untouched: boolean;
  #damaged = 0;

  constructor(parts: SubmissionDependencies, runId: RunId, untouched: boolean, signal: AbortSignal) {
    this.#parts = parts;
    this.#runId = runId;
    this.#untouched = untouched;
    this.#signal = signal;
  }

  async run(): Promise<JobRecord> {
    let failures = 0;
    for (;;) {
      const before = this.#parts.registry.get(this.#runId);
      const connection = await this.#connection(before);
      if (connection === null) return before;
      try {
        const job = await this.#advance(before, connection);
        if (job.phase === 'submitted' || job.phase === 'ambiguous' || endedUnsubmitted(job)) return job;
        failures = 0;
      } catch (error) {
        if (this.#signal.aborted) throw new AppError('CANCELLED', { cause: error });
        if (!(error instanceof AppError) || error.name === 'RECORD_FAILED') throw error;
        const now = this.#parts.registry.get(this.#runId);
        failures = moved(before, now) ? 1 : failures + 1;
        if (!isPassing(error) || failures > FAILURE_LIMIT) return this.#giveUp(now, error);
        this.#parts.log.write('warn', 'submit_interrupted', now.requestId, {
          phase: now.phase,
          ...failureDetails(error),
          failures,
        });
        await this.#parts.clock.sleep(Math.min(5000, 25 * 2 ** failures), this.#signal);
      }
    }
  }

  /** The live connection, waiting while one is being made; null when nobody is making one. */
  async #connection(job: JobRecord): Promise<RemoteConnection | null> {
    try {
      return await this.#parts.sessions.whenReady(job.clusterId, this.#signal, 'submit');
    } catch (error) {
      if (AppError.is(error, 'NOT_CONNECTED')) return null;
      throw error;
    }
  }

  async #advance(job: JobRecord, connection: RemoteConnection): Promise<JobRecord> {
    switch (job.phase) {
      case 'prepared':
      case 'uploading':
        return this.#upload(job, connection);
      case 'submitting':
      case 'ambiguous':
        return this.#send(job);
      case 'submitted':
      case 'rejected':
      case 'cancelled':
      case 'abandoned':
        return job;
      default:
        return assertNever(job.phase);
    }
  }

  async #upload(job: JobRecord, connection: RemoteConnection): Promise<JobRecord> {
    const { registry, log, onProgress } = this.#parts;
    const uploading =
      job.phase === 'uploading'
        ? job
        : registry.update(
            job.runId,
            { phase: 'uploading' },
            { state: 'uploading', detail: message('events.inFolder', { folder: job.runFolder }) },
          );
    onProgress(uploading, []);
    const done = await uploadInputs(
      this.#parts,
      uploading,
      connection,
      runFolderMode(this.#parts.sessions.profile(job.clusterId)),
      (transfers) => onProgress(registry.get(job.runId), transfers.list()),
      this.#signal,
    );
    log.write('info', 'files_validated', job.requestId, { files: done.files.length });
    this.#untouched = true;
    return registry.update(job.runId, { phase: 'submitting' }, { state: 'submitting' });
  }

  /**
   * The sbatch step: from `submitting` to a known outcome. A run that was rejected before is not asked about but sent again: its old
   * refusal would be taken for the answer to the new attempt, while the cluster's lock still lets sbatch run only once.
   */
  async #send(job: JobRecord): Promise<JobRecord> {
    const { registry, clock, onProgress } = this.#parts;
    onProgress(job, []);
    const begun = clock.now();
    let current = job;
    let outcome =
      this.#untouched || registry.wasRejected(job.runId) ? await this.#submit(current) : await this.#probe(current);
    // where sbatch's words left it open, the queue mostly knows at once
    if (outcome.kind === 'ambiguous') outcome = await this.#probe(current);
    for (;;) {
      switch (outcome.kind) {
        case 'submitted':
          return this.#accepted(current, outcome);
        case 'refused':
          return this.#reject(current, refusalOf(outcome.said, outcome.exitCode), outcome.said);
        case 'hashMismatch':
          return this.#sendAgain(current, outcome.paths);
        case 'nothing':
          outcome = await this.#submit(current);
          continue;
        case 'running':
          if (clock.now() - begun > RUNNING_LIMIT_MS) current = this.#doubt(current, 'sbatch has not ended yet');
          break;
        case 'ambiguous':
          current = this.#doubt(current, outcome.evidence);
          break;
        default:
          return assertNever(outcome);
      }
      if (
        current.phase === 'ambiguous' &&
        clock.now() - begun > (outcome.kind === 'running' ? RUNNING_LIMIT_MS : AMBIGUOUS_LIMIT_MS)
      )
        return this.#ask(current, outcome);
      await clock.sleep(current.phase === 'ambiguous' ? AMBIGUOUS_PAUSE_MS : RUNNING_PAUSE_MS, this.#signal);
      outcome = await this.#probe(current);
    }
  }

  async #submit(job: JobRecord): Promise<SubmitOutcome> {
    const { sessions, clock, log } = this.#parts;
    log.write('info', 'sbatch_submit_start', job.requestId, { runFolder: job.runFolder, has_files: hasFiles(job) });
    // from here on sbatch may have run, whatever becomes of the answer
    this.#untouched = false;
    const checks = job.files.flatMap(({ remoteName, sha256 }) =>
      sha256 === null ? [] : [{ path: `${job.runFolder}/${remoteName}`, sha256 }],
    );
    const script = submitScript({
      runFolder: job.runFolder,
      script: job.script,
      checks,
      folderMode: runFolderMode(sessions.profile(job.clusterId)),
      waitSeconds: WAIT_SECONDS,
    });
    const begun = clock.now();
    const { stdout } = await sessions.runSlurm(job.clusterId, script, {
      signal: this.#signal,
      purpose: 'submit',
      answer: ANSWER_BOUNDS.submit,
      programs: SUBMIT_PROGRAMS,
      // hashing gigabytes of input on the login node takes its time
      timeoutMs: (WAIT_SECONDS + 40) * 1000 + job.files.reduce((sum, { size }) => sum + size, 0) / 50_000,
    });
    log.write('info', 'script_saved', job.requestId, {
      path: `${job.runFolder}/job.sh`,
      bytes: Buffer.byteLength(job.script),
      elapsedMs: clock.now() - begun,
    });
    return parseSubmitOutcome(stdout);
  }

  async #probe(job: JobRecord): Promise<SubmitOutcome> {
    const { stdout } = await this.#parts.sessions.runSlurm(
      job.clusterId,
      probeScript({
        runFolder: job.runFolder,
        user: job.user,
        sinceEpochSeconds: Math.floor(job.createdAt / 1000) - 3600,
      }),
      {
        signal: this.#signal,
        purpose: 'submit',
        programs: PROBE_PROGRAMS,
        answer: ANSWER_BOUNDS.submit,
        timeoutMs: 60_000,
      },
    );
    return parseSubmitOutcome(stdout);
  }

  #accepted(
    job: JobRecord,
    { jobId, slurmCluster, warnings }: Extract<SubmitOutcome, { kind: 'submitted' }>,
  ): JobRecord {
    const { registry, clock, log, onProgress } = this.#parts;
    log.write('info', 'job_submitted', job.requestId, {
      jobId,
      slurmCluster,
      runFolder: job.runFolder,
      has_files: hasFiles(job),
      warnings,
    });
    const now = clock.now();
    const submitted = registry.recordTasks(
      job.runId,
      firstTasks(job, jobId, 'PENDING'),
      {
        phase: 'submitted',
        jobId,
        slurmCluster: this.#otherCluster(job, slurmCluster),
        submittedAt: now,
        error: null,
      },
      {
        at: now,
        state: 'PENDING',
        detail:
          warnings.trim() === ''
            ? message('events.job', { job: jobId })
            : message('events.jobWarned', { job: jobId, words: warnings.trim() }),
      },
    );
    log.write('info', 'db_recorded', job.requestId, { runId: job.runId, jobId });
    log.write('info', 'job_submit_success', job.requestId, {
      jobId,
      has_files: hasFiles(job),
      elapsedMs: now - job.createdAt,
    });
    onProgress(submitted, []);
    return submitted;
  }

  /** The cluster that sbatch named, unless it is the one that is asked anyway. */
  #otherCluster({ clusterId }: JobRecord, slurmCluster: string | null): string | null {
    const own = this.#parts.sessions.knownFacts(clusterId)?.clusterName ?? '';
    return slurmCluster === own ? null : slurmCluster;
  }

  #reject(job: JobRecord, error: AppError, detail: string): JobRecord {
    const { registry, log, onProgress } = this.#parts;
    log.write('error', 'job_submit_refused', job.requestId, { ...failureDetails(error), said: detail });
    const rejected = registry.update(
      job.runId,
      { phase: 'rejected', error: recordOf(error) },
      { state: 'rejected', detail: errorMessages(error).message },
    );
    onProgress(rejected, []);
    return rejected;
  }

  #sendAgain(job: JobRecord, paths: readonly string[]): JobRecord {
    const damaged = job.files.filter(({ remoteName }) =>
      paths.some((path) => path === remoteName || path === `${job.runFolder}/${remoteName}`),
    );
    this.#damaged += 1;
    const error = new AppError('FILE_HASH_MISMATCH', {
      details: { name: damaged.map(({ name }) => name).join(', ') || paths.join(', ') },
    });
    if (damaged.length === 0 || this.#damaged >= HASH_LIMIT) return this.#reject(job, error, paths.join('\n'));
    const files = job.files.map((file) => (damaged.includes(file) ? { ...file, uploaded: false, sha256: null } : file));
    return this.#parts.registry.update(
      job.runId,
      { phase: 'uploading', files },
      { state: 'uploading', detail: errorMessages(error).message },
    );
  }

  /** Says in the record that the outcome is unknown; looking goes on. */
  #doubt(job: JobRecord, evidence: string): JobRecord {
    if (job.phase === 'ambiguous') return job;
    this.#parts.log.write('warn', 'job_submit_ambiguous', job.requestId, {
      error_code: ERRORS.SUBMISSION_AMBIGUOUS.code,
      evidence,
    });
    const doubtful = this.#parts.registry.update(
      job.runId,
      { phase: 'ambiguous' },
      { state: 'ambiguous', detail: quoted(evidence) },
    );
    this.#parts.onProgress(doubtful, []);
    return doubtful;
  }

  #ask(job: JobRecord, outcome: SubmitOutcome): JobRecord {
    const error = new AppError('SUBMISSION_AMBIGUOUS', {
      details: { evidence: outcome.kind === 'ambiguous' ? outcome.evidence : outcome.kind, runFolder: job.runFolder },
    });
    const asked = this.#parts.registry.update(job.runId, { error: recordOf(error) });
    this.#parts.onProgress(asked, []);
    return asked;
  }

  /** Before sbatch was ever started, a failure is a refusal; after that it is a doubt that a person may settle. */
  #giveUp(job: JobRecord, error: AppError): JobRecord {
    if (job.phase === 'prepared' || job.phase === 'uploading') return this.#reject(job, error, error.message);
    const doubtful = this.#doubt(job, error.message);
    return this.#parts.registry.update(doubtful.runId, { error: recordOf(error) });
  }
}

/** Whether the person gave the run files; those that Slipway writes from the form do not count. */
function hasFiles(job: JobRecord): boolean {
  return job.files.some(({ source }) => source.kind === 'local');
}

/** True when the run got further between two looks at its record. */
function moved(before: JobRecord, now: JobRecord): boolean {
  return before.phase !== now.phase || now.files.some((file, i) => file.uploaded && before.files[i]?.uploaded !== true);
}
