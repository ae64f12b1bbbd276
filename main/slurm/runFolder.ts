/**
 * The run folder on the cluster and the names of everything in it. One folder per run, never used twice:
 * uploaded inputs, `job.sh`, the job's output, and `.slipway/` with the files of the submit and run protocols.
 */

import { slurmReadsInPath } from '../../shared/domain/job/outputPath.ts';
import { AppError } from '../../shared/errors/appError.ts';

export const SCRIPT_NAME = 'job.sh';

/** Folder of the protocol files. */
export const PROTOCOL_FOLDER = '.slipway';

/** Files in `.slipway/`. */
export const PROTOCOL = {
  /** `ID` or `ID;CLUSTER` and a newline, once Slurm has accepted the job. Written elsewhere and renamed. */
  jobId: 'jobid',
  /**
   * `attempt-N/`: one generation. Never removed: a refused one is followed by N + 1, so that two submitters can never mistake each
   * other's lock.
   */
  attempt: 'attempt-',
  /** Hard link made by the job: the job id (of the array, for array tasks) that owns this run. Exists with its content or not at all. */
  claim: 'claim',
  /** `CODE EPOCH_SECONDS RESTARTS`, from the job's EXIT trap; the last is missing in runs of before. */
  exit: 'exit',
  /** Lines of `PERCENT TEXT`; the last one counts. */
  progress: 'progress',
  /** Folder of the programs that the job can call. */
  programs: 'bin',
} as const;

/** Files in `.slipway/attempt-N/`. */
export const ATTEMPT = {
  /** The lock, with `HOST PID` of the detached process. Whoever makes this file, and nobody else, runs sbatch for this generation, once. */
  owner: 'owner',
  stdout: 'sbatch.out',
  stderr: 'sbatch.err',
  /**
   * `EXITCODE VERDICT [JOBID]`, verdict one of submitted, refused, answered, lost (`certainty.ts`), or unknown where an id was printed
   * that is not believed, or none with exit code 0. Written elsewhere and renamed.
   */
  exitCode: 'sbatch.rc',
} as const;

/** What `claim` holds when a person gave the run up: a job that turns up later ends at once. */
export const ABANDONED = 'abandoned';

/** Exit code of a job that finds its run claimed by another job. */
export const DUPLICATE_EXIT_CODE = 99;

/**
 * Mode of a run folder and of all that Slipway makes above and in it. What lies in it keeps 0644: nobody else gets that far. Not the
 * umask of the job, which may write results where colleagues wait for them.
 */
export function runFolderMode({ groupMayRead }: { readonly groupMayRead: boolean }): number {
  return groupMayRead ? 0o750 : 0o700;
}

/** Name of a run's folder: readable, harmless in any shell, and unique by its run id. */
export function runFolderName(jobName: string, runId: string): string {
  const slug = jobName
    .slice(0, 1000)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return `${slug === '' ? 'job' : slug}-${runId}`;
}

/** RUN_FOLDER_NAME for an absolute folder in which Slurm would write no output. */
export function refuseRunFolder(folder: string): void {
  const character = slurmReadsInPath(folder);
  if (character !== null) throw new AppError('RUN_FOLDER_NAME', { details: { path: folder, character } });
}

/** The id of the run whose folder this may be, or null. Slurm may report the folder with symlinks resolved. */
export function runIdOf(folder: string): string | null {
  return /-(r[0-9a-z]{12})\/{0,100}$/.exec(folder.slice(-200))?.[1] ?? null;
}

/**
 * True when two paths mean the same run folder. Compares the last component, which holds the run id: Slurm may report the folder
 * with symlinks resolved.
 */
export function sameRunFolder(a: string, b: string): boolean {
  const last = (path: string): string => {
    let end = path.length;
    while (path.charAt(end - 1) === '/') end -= 1;
    return path.slice(path.lastIndexOf('/', end - 1) + 1, end);
  };
  return last(a) !== '' && last(a) === last(b);
}
