/** Names of the files in a run folder to which a job writes. Our scripts set them, and they cannot be set by hand. */
export type OutputStream = 'stdout' | 'stderr';

const EXTENSION: Readonly<Record<OutputStream, string>> = { stdout: 'out', stderr: 'err' };

/** For `--output` and `--error`. Source: sbatch(1), filename pattern: `%A` is the array's id, `%a` the task's index, `%j` the job's own id. */
export function outputPattern(stream: OutputStream, isArray: boolean): string {
  return `slurm-${isArray ? '%A_%a' : '%j'}.${EXTENSION[stream]}`;
}

/** What Slurm makes of it: for a plain job (`index` null) or a task of an array, whose id `jobId` then is. */
export function outputFile(stream: OutputStream, jobId: string, index: number | null): string {
  return `slurm-${index === null ? jobId : `${jobId}_${String(index)}`}.${EXTENSION[stream]}`;
}
