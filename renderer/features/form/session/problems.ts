import type { Problem } from '../../../../shared/domain/problem/schema.ts';
import { splitField } from './draft.ts';

/** The parts of the form, as the checks name them. */
export const CHECK_SECTIONS = ['job', 'files', 'image', 'resources'] as const;
export type CheckSection = (typeof CHECK_SECTIONS)[number];

const WEIGHT = { info: 1, warning: 2, error: 3 } as const;

/** Which part of the form a problem belongs to. What belongs to no field is about the request as a whole. */
export function sectionOf(problem: Pick<Problem, 'field'>): CheckSection {
  switch (problem.field === null ? '' : splitField(problem.field)[0]) {
    case 'jobName':
    case 'parameters':
      return 'job';
    case 'files':
      return 'files';
    case 'image':
      return 'image';
    default:
      return 'resources';
  }
}

export function worstOf(problems: readonly Problem[]): Problem | null {
  return problems.reduce<Problem | null>(
    (worst, problem) => (worst === null || WEIGHT[problem.severity] > WEIGHT[worst.severity] ? problem : worst),
    null,
  );
}

/** Worst first; otherwise in the order in which they were found. */
export function bySeverity(problems: readonly Problem[]): Problem[] {
  return [...problems].sort((a, b) => WEIGHT[b.severity] - WEIGHT[a.severity]);
}

/** The new list with the objects of the old one where they say the same: what did not change is not drawn again. */
export function keepSame<T>(before: T[], after: T[]): T[] {
  const known = new Map(before.map((item) => [JSON.stringify(item), item]));
  const merged = after.map((item) => known.get(JSON.stringify(item)) ?? item);
  return merged.length === before.length && merged.every((item, i) => item === before[i]) ? before : merged;
}
