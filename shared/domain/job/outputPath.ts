/**
 * Folders in whose name Slurm reads something else. It takes the job's folder and the name of the output as one pattern: `%j` in the
 * folder becomes the job's id, and a `\\` turns all patterns off. Such a job fails before its first line and leaves no output.
 * Escapes (`%%`, `\\\\`) mend the one and not the other, and not alike in all releases. Source: `fname_create` of Slurm's
 * src/slurmd/slurmstepd/fname.c, and jobs on 22.05.
 */

/** The character of an absolute folder on the cluster because of which a job in it would have no output; null when there is none. */
export function slurmReadsInPath(folder: string): '%' | '\\' | null {
  return folder.includes('%') ? '%' : folder.includes('\\') ? '\\' : null;
}
