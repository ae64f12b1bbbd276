/** Names of jobs. Apart from the grammars of sbatch's options, so that the page loads no more than it needs. */

/** Longest job name, in characters. Slurm allows more; squeue, mail subjects and folder names do not like it. */
export const MAX_JOB_NAME = 128;
const JOB_NAME = /^[\p{L}\p{M}\p{N}_.+@:-]+$/u;

/** Letters of any script, digits and `-_.+@:`; 1 to 128 characters. */
export function isJobName(text: string): boolean {
  return text.length <= MAX_JOB_NAME && JOB_NAME.test(text);
}

/** The nearest name that `isJobName` accepts; empty when nothing of the text can stay. */
export function mendJobName(text: string): string {
  const mended = text
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{M}\p{N}_.+@:-]+/gu, '-')
    .replaceAll(/^-+|-+$/g, '');
  // a cut in the middle of a character outside the BMP leaves half of it
  return mended.slice(0, MAX_JOB_NAME).replace(/\p{Cs}$/u, '');
}
