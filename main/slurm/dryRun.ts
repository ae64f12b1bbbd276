import type { AppError } from '../../shared/errors/appError.ts';
import { quote } from '../../shared/lib/quote.ts';
import { SBATCH } from './environment.ts';
import { rejectionOf } from './rejection.ts';

/** What `sbatch --test-only` foresees. `start` in epoch seconds. */
export type TestOnlyAnswer =
  | { kind: 'fits'; start: number | null; processors: number | null; nodes: string | null; partition: string | null }
  | { kind: 'refused'; error: AppError };

/** Slurm's programs that `testOnlyScript` runs, one entry for each place: what it may run at most, since a branch may not be taken. */
export function testOnlyPrograms({ scripts }: { scripts: readonly string[] }): readonly string[] {
  return scripts.map(() => 'sbatch');
}

/**
 * sh that asks Slurm when each of these scripts could start, without submitting them. Each asking consumes a job id, so it is for a
 * form that has been still for a while. Nothing is written; the run folder need not exist. Every answer stands between two lines
 * that begin with `mark`, which must be a random word: whatever sbatch or the site's plugins print cannot be taken for them.
 */
export function testOnlyScript(plan: {
  readonly runFolder: string;
  readonly scripts: readonly string[];
  readonly mark: string;
}): string {
  return plan.scripts
    .map((script, index) =>
      [
        `printf '\\n%s begin %s\\n' ${quote(plan.mark)} ${String(index)}`,
        `printf '%s' ${quote(script)} | ${SBATCH} --test-only --chdir=${quote(plan.runFolder)} 2>&1`,
        `printf '\\n%s end %s %s\\n' ${quote(plan.mark)} ${String(index)} "$?"`,
      ].join('\n'),
    )
    .join('\n');
}

/** The answers in the order of the scripts; `null` for one that did not come or not whole. */
export function parseTestOnly(stdout: string, mark: string, count: number): (TestOnlyAnswer | null)[] {
  const lines = stdout.split('\n');
  return Array.from({ length: count }, (_, index) => {
    const begin = lines.indexOf(`${mark} begin ${String(index)}`);
    const end = lines.findIndex((line, at) => at > begin && line.startsWith(`${mark} end ${String(index)} `));
    if (begin === -1 || end === -1) return null;
    return readAnswer(lines.slice(begin + 1, end).join('\n'), Number(lines[end]?.split(' ').at(-1)));
  });
}

/** What sbatch itself says is the end of an answer. */
const MOST_CHARACTERS = 8192;

/**
 * Reads one answer: the last line that foresees a start, since a plugin of the site may print lines of its own before it. Epoch
 * seconds only, as SLURM_TIME_FORMAT asks for them: another spelling of a time has no zone. Source: sbatch(1) and
 * slurm_allocate_resources of 17.11 to 25.05; wording differs between releases.
 */
function readAnswer(text: string, exitCode: number): TestOnlyAnswer {
  const found = [
    ...text
      .slice(-MOST_CHARACTERS)
      .matchAll(
        /Job \S+ to start (?:on cluster \S+ )?(?:at )?(?:a )?(?:time )?(\S+)(?: on cluster \S+)?(?: a)?(?: using (?:a )?(\d+) processors?)?(?: on (?:nodes? )?(\S+?))?(?: in partition (\S+?))?(?: on cluster \S+)?\s*$/gm,
      ),
  ].at(-1);
  if (found === undefined) return { kind: 'refused', error: rejectionOf(text, exitCode) };
  const [, start = '', processors, nodes, partition] = found;
  return {
    kind: 'fits',
    start: /^\d+$/.test(start) ? Number(start) : null,
    processors: processors === undefined ? null : Number(processors),
    nodes: nodes ?? null,
    partition: partition ?? null,
  };
}
