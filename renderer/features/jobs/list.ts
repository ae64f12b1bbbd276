import { create } from 'zustand';
import type { RunId } from '../../../shared/domain/ids.ts';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { recall, remember } from '../../client/remembered.ts';
import { EVERYTHING, filterOf, type FilterChoice } from './filter.ts';

const PAGE = 200;
/** Changes that arrive together cause one question. */
const RELOAD_AFTER_MS = 150;
const REMEMBERED = 'jobs.filter';

interface JobsList {
  choice: FilterChoice;
  /** `null` until the first answer for this filter. */
  total: number | null;
  /** Loaded rows by index; the others are asked for when they come on screen. */
  rows: Readonly<Record<number, JobRow>>;
  error: CodedError | null;
  /** Runs that show their tasks below them. */
  unfolded: ReadonlySet<RunId>;
}

/** The list as far as it was looked at. The core holds the truth; this is what came of the last questions. */
export const useJobsList = create<JobsList>(() => ({
  choice: { ...EVERYTHING, ...recall<Partial<FilterChoice>>(REMEMBERED, {}) },
  total: null,
  rows: {},
  error: null,
  unfolded: new Set(),
}));

let visible = { from: 0, to: 0 };
let question = new AbortController();
const asked = new Set<number>();
let reload: ReturnType<typeof setTimeout> | undefined;

async function load(page: number, signal: AbortSignal): Promise<void> {
  if (asked.has(page)) return;
  asked.add(page);
  try {
    const answer = await client.call(
      'jobs.list',
      { filter: filterOf(useJobsList.getState().choice, Date.now()), offset: page * PAGE, limit: PAGE },
      { signal },
    );
    if (signal.aborted) return;
    const loaded = Object.fromEntries(answer.rows.map((row, index) => [page * PAGE + index, row]));
    useJobsList.setState((list) => ({ rows: { ...list.rows, ...loaded }, total: answer.total, error: null }));
  } catch (error) {
    asked.delete(page);
    if (!signal.aborted) useJobsList.setState({ error: appErrorOf(error) });
  }
}

function loadVisible(): void {
  const { signal } = question;
  const pages = new Set<number>();
  for (let page = Math.floor(visible.from / PAGE); page <= Math.floor(visible.to / PAGE); page += 1) pages.add(page);
  // where a run that is unfolded stands decides what is on screen, however far above it is
  const { rows, unfolded } = useJobsList.getState();
  for (const [index, { runId }] of Object.entries(rows))
    if (unfolded.has(runId)) pages.add(Math.floor(Number(index) / PAGE));
  for (const page of pages) void load(page, signal);
}

/** Asks anew for what is on screen; until the answer comes the old rows stay, so that nothing flickers. */
export function reloadJobs(): void {
  question.abort();
  question = new AbortController();
  asked.clear();
  const { from, to } = visible;
  useJobsList.setState((list) => ({
    rows: Object.fromEntries(
      Object.entries(list.rows).filter(
        ([index, { runId }]) =>
          (Number(index) >= from - PAGE && Number(index) <= to + PAGE) || list.unfolded.has(runId),
      ),
    ),
  }));
  loadVisible();
}

function reloadSoon(): void {
  reload ??= setTimeout(() => {
    reload = undefined;
    reloadJobs();
  }, RELOAD_AFTER_MS);
}

/** Says which rows are on screen, both included. */
export function showRows(from: number, to: number): void {
  visible = { from, to };
  loadVisible();
}

/** Shows the tasks of a run below it, or no longer. */
export function unfold(runId: RunId, isOpen: boolean): void {
  useJobsList.setState(({ unfolded }) => {
    const next = new Set(unfolded);
    if (isOpen) next.add(runId);
    else next.delete(runId);
    return { unfolded: next };
  });
}

export function setFilter(changes: Partial<FilterChoice>): void {
  const choice = { ...useJobsList.getState().choice, ...changes };
  remember(REMEMBERED, choice);
  visible = { from: 0, to: Math.max(0, visible.to - visible.from) };
  useJobsList.setState({ choice });
  reloadJobs();
}

/** Rows that are there change at once; whether they are still in place, and what is new, the core says. */
function patch(changed: readonly JobRow[]): void {
  const byId = new Map(changed.map((row) => [row.runId, row]));
  useJobsList.setState((list) => ({
    rows: Object.fromEntries(Object.entries(list.rows).map(([index, row]) => [index, byId.get(row.runId) ?? row])),
  }));
  const { choice, rows } = useJobsList.getState();
  const loaded = new Set(Object.values(rows).map((row) => row.runId));
  if (choice.group !== '' || changed.some((row) => !loaded.has(row.runId))) reloadSoon();
}

/** Keeps the list current while the screen is shown. Returns how to stop. */
export function followJobs(): () => void {
  const listeners = [
    client.on('jobs.changed', ({ rows }) => patch(rows)),
    client.on('jobs.removed', reloadSoon),
    client.onResync(reloadJobs),
  ];
  reloadJobs();
  return () => {
    for (const listener of listeners) void listener.dispose();
    clearTimeout(reload);
    reload = undefined;
    question.abort();
  };
}
