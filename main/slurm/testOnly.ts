import type { AppError } from '../../shared/errors/appError.ts';
import { quote } from '../../shared/lib/quote.ts';
import { rejectionOf } from './rejection.ts';

/** What `sbatch --test-only` foresees. `start` in epoch seconds. */
export type TestOnlyAnswer =
  | { kind: 'fits'; start: number | null; processors: number | null; nodes: string | null; partition: string | null }
  | { kind: 'refused'; error: AppError };

/**
 * sh that asks Slurm when this script could start, without submitting it. It consumes a job id, so it is for a form that has been
 * still for a while. Nothing is written; the run folder need not exist.
 */
export function testOnlyScript(plan: { runFolder: string; script: string }): string {
  return `printf '%s' ${quote(plan.script)} | sbatch --test-only --chdir=${quote(plan.runFolder)}`;
}

/** Reads the answer, which stands on stderr. Source: sbatch(1); wording differs between releases. */
export function parseTestOnly(result: { exitCode: number; stdout: string; stderr: string }): TestOnlyAnswer {
  const text = `${result.stderr}\n${result.stdout}`;
  const match = /Job \S+ to start (?:at )?(?:a )?(?:time )?(\S+)(?: a)?(?: using (?:a )?(\d+) processors?)?(?: on (?:nodes? )?(\S+?))?(?: in partition (\S+?))?(?: on cluster \S+)?\s*$/m.exec(text);
  if (match !== null) {
    const [, start = '', processors, nodes, partition] = match;
    return {
      kind: 'fits',
      start: /^\d+$/.test(start) ? Number(start) : null,
      processors: processors === undefined ? null : Number(processors),
      nodes: nodes ?? null,
      partition: partition ?? null,
    };
  }
  return { kind: 'refused', error: rejectionOf(result.stderr, result.exitCode) };
}
