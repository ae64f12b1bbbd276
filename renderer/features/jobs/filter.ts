import type { JobFilter } from '../../../shared/domain/job/schema.ts';
import { JOB_STATES, stateGroup, type StateGroup } from '../../../shared/domain/job/state.ts';

const DAY_MS = 86_400_000;
export const PERIODS = { day: DAY_MS, week: 7 * DAY_MS, month: 30 * DAY_MS } as const;
export type Period = keyof typeof PERIODS;

/** The groups of states that can be chosen. */
export const FILTER_GROUPS = ['pending', 'running', 'ok', 'bad', 'cancelled', 'ambiguous'] as const;
export type FilterGroup = (typeof FILTER_GROUPS)[number];

/** What the filter bar holds; empty strings mean everything. Remembered as it is. */
export interface FilterChoice {
  text: string;
  group: FilterGroup | '';
  clusterId: string;
  templateId: string;
  period: Period | '';
}

export const EVERYTHING: FilterChoice = { text: '', group: '', clusterId: '', templateId: '', period: '' };

/** Words of the submission that belong to a group, beside Slurm's. `submitted`: there is a job and Slurm has not yet said more. */
const PHASES: Record<FilterGroup, readonly string[]> = {
  pending: ['prepared', 'uploading', 'submitting', 'submitted'],
  running: [],
  ok: [],
  bad: ['rejected'],
  cancelled: ['cancelled', 'abandoned'],
  ambiguous: ['ambiguous'],
};

/** Slurm's states and our phases that a group stands for. */
export function statesOf(group: FilterGroup): string[] {
  const slurm =
    group === 'ambiguous' ? [] : JOB_STATES.filter((state) => stateGroup(state) === (group satisfies StateGroup));
  return [...PHASES[group], ...slurm];
}

/** The filter as the core takes it. `now` is epoch milliseconds. */
export function filterOf(choice: FilterChoice, now: number): JobFilter {
  return {
    ...(choice.text.trim() === '' ? {} : { text: choice.text.trim() }),
    ...(choice.group === '' ? {} : { states: statesOf(choice.group) }),
    ...(choice.clusterId === '' ? {} : { clusterId: choice.clusterId as NonNullable<JobFilter['clusterId']> }),
    ...(choice.templateId === '' ? {} : { templateId: choice.templateId }),
    ...(choice.period === '' ? {} : { since: now - PERIODS[choice.period] }),
  };
}

export function isEverything(choice: FilterChoice): boolean {
  return (Object.keys(EVERYTHING) as (keyof FilterChoice)[]).every((key) => choice[key] === '');
}
