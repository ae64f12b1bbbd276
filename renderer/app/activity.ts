import { create } from 'zustand';
import { isActive } from '../../shared/domain/job/rules.ts';
import type { JobRow, TransferProgress } from '../../shared/domain/job/schema.ts';
import { client, type LinkState } from '../client/index.ts';
import { latestWins } from '../lib/latestWins.ts';
import { useClusters } from '../stores/clusters.ts';
import { t } from '../i18n/index.ts';
import { navigate, showToast, stateText } from '../ui/index.ts';
import { parseRoute } from '../ui/route.ts';

interface Activity {
  link: LinkState;
  counts: { pending: number; running: number };
  /** Files under way, by run. */
  transfers: Readonly<Record<string, readonly TransferProgress[]>>;
}

/** What goes on in the background, for the status bar. */
export const useActivity = create<Activity>(() => ({ link: 'up', counts: { pending: 0, running: 0 }, transfers: {} }));

/** Runs that were seen active: only their end is news. */
const active = new Set<string>();

async function askCounts(): Promise<void> {
  try {
    const { pending, running } = await client.call('jobs.counts', {});
    useActivity.setState({ counts: { pending, running } });
  } catch {
    // the link's own notice says why; the next change asks again
  }
}
// one look may change a large array in several events
const countAgain = latestWins(askCounts);
const loadCounts = (): void => countAgain(undefined);

function isOnScreen(row: JobRow): boolean {
  if (document.visibilityState !== 'visible') return false;
  const route = parseRoute(window.location.hash);
  const isReceipt = document.querySelector(`[data-testid="receipt"][data-run="${row.runId}"]`) !== null;
  // the list of jobs tells of each by itself
  return isReceipt || route.page === 'jobs';
}

function announce(row: JobRow): void {
  if (isOnScreen(row)) return;
  const cluster =
    useClusters.getState().clusters?.find(({ profile }) => profile.id === row.clusterId)?.profile.name ?? row.clusterId;
  const isGood = row.phase === 'submitted' && row.state === 'COMPLETED';
  showToast({
    kind: isGood ? 'ok' : row.state === 'CANCELLED' ? 'info' : 'bad',
    title: t('app.toast.jobEnded', { name: row.name, state: stateText(row.phase, row.state) }),
    ...(row.jobId === null ? {} : { detail: t('app.toast.jobId', { jobId: row.jobId, cluster }) }),
    action: { label: t('app.toast.open'), onPress: () => navigate('jobs', [row.runId]) },
  });
}

function follow(rows: readonly JobRow[], isNews: boolean): void {
  for (const row of rows) {
    if (isActive(row)) active.add(row.runId);
    else if (active.delete(row.runId) && isNews) announce(row);
  }
}

/** Follows jobs and transfers for as long as the page lives. */
export async function followActivity(): Promise<void> {
  client.onLink((link) => useActivity.setState({ link }));
  client.onResync(() => loadCounts());
  client.on('jobs.changed', ({ rows }) => {
    follow(rows, true);
    loadCounts();
  });
  client.on('jobs.removed', () => loadCounts());
  client.on('submit.progress', ({ runId, transfers }) => {
    const open = transfers.filter((transfer) => transfer.done < transfer.total);
    useActivity.setState((activity) => {
      const { [runId]: _previous, ...others } = activity.transfers;
      return { transfers: open.length === 0 ? others : { ...others, [runId]: open } };
    });
  });
  loadCounts();
  try {
    follow((await client.call('jobs.list', { limit: 200 })).rows, false);
  } catch {
    // only the news of jobs that end now is lost
  }
}
