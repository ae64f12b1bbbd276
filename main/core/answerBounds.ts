import type { AnswerBound } from './ports.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

/**
 * What each script may answer at most, on either stream. All that it says is held in memory and read at once; a bound is many times what
 * large sites have (in brackets), and what goes beyond it is not an answer but something that prints without end.
 */
export const ANSWER_BOUNDS = {
  /** The person's own jobs with a line for each of their tasks (5 MB for 10,000), and the word of each watched job. */
  watch: { command: 'squeue', maxBytes: 32 * MIB },
  accounting: { command: 'sacct', maxBytes: 32 * MIB },
  /** Groups of nodes and the person's own jobs (2 MB). */
  usage: { command: 'sinfo and squeue', maxBytes: 16 * MIB },
  /** Partitions, groups of nodes, reservations, associations and QOS (1 MB). */
  facts: { command: 'scontrol, sinfo or sacctmgr', maxBytes: 8 * MIB },
  /** 20,000 names (1 MB). */
  modules: { command: 'module avail', maxBytes: 8 * MIB },
  /** Labels, definition and scripts of one image (200 kB). */
  inspect: { command: 'apptainer inspect', maxBytes: 4 * MIB },
  /** The beginnings of 150 images (some kB each). */
  imageNode: { command: 'the look for images', maxBytes: 16 * MIB },
  /** Some lines for each file system. */
  quotas: { command: 'the quota command', maxBytes: MIB },
  /** What sbatch said, cut on the cluster. */
  submit: { command: 'sbatch', maxBytes: 256 * KIB },
  startTest: { command: 'sbatch --test-only', maxBytes: 256 * KIB },
  cancel: { command: 'scancel', maxBytes: 256 * KIB },
  /** Where Slurm is, and who one is. */
  login: { command: 'the look for Slurm', maxBytes: 256 * KIB },
  /** A line or two of the connection test. */
  test: { command: 'a command of the connection test', maxBytes: 256 * KIB },
} as const satisfies Readonly<Record<string, AnswerBound>>;
