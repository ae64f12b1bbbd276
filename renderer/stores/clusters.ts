import { create } from 'zustand';
import type { ClusterFacts, ClusterUsage, ClusterView, ConnectionPrompt } from '../../shared/domain/cluster/profile.ts';
import { isConnected } from '../../shared/domain/cluster/connection.ts';
import type { ClusterId } from '../../shared/domain/ids.ts';
import type { CodedError } from '../../shared/errors/codedError.ts';
import type { Message } from '../../shared/messages/message.ts';
import { client } from '../client/index.ts';
import { appErrorOf } from '../client/pageError.ts';
import { recall, remember } from '../client/remembered.ts';

interface Poll {
  lastPollAt: number | null;
  /** The last look that told what every job does; what the list shows of running jobs is as of then. */
  answeredAt: number | null;
  nextPollAt: number | null;
  error: Message | null;
}

interface ClustersStore {
  /** `null` until the first answer. */
  clusters: readonly ClusterView[] | null;
  error: CodedError | null;
  /** The cluster of the top bar: what Launch submits to. */
  currentId: ClusterId | null;
  facts: Readonly<Record<string, ClusterFacts>>;
  /** The last look at what happens on each cluster, as long as the page lives. */
  usages: Readonly<Record<string, ClusterUsage>>;
  polls: Readonly<Record<string, Poll>>;
  prompts: readonly ConnectionPrompt[];
}

const NEVER_LOOKED: Poll = { lastPollAt: null, answeredAt: null, nextPollAt: null, error: null };

/** What the core says of clusters, kept current by its events. */
export const useClusters = create<ClustersStore>(() => ({
  clusters: null,
  error: null,
  currentId: null,
  facts: {},
  usages: {},
  polls: {},
  prompts: [],
}));

const CURRENT = 'clusters.current';

/** Without what was told of clusters that are gone: one that is added under the same name may be another. */
function stillThere<T>(
  told: Readonly<Record<string, T>>,
  clusters: readonly ClusterView[],
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(told).filter(([id]) => clusters.some(({ profile }) => profile.id === id)));
}

/** Counts the events that an answer under way cannot know of. */
let changes = 0;

export async function loadClusters(): Promise<void> {
  const before = changes;
  try {
    const [clusters, prompts] = await Promise.all([
      client.call('clusters.list', {}),
      client.call('clusters.prompts', {}),
    ]);
    const wanted = useClusters.getState().currentId ?? recall<string | null>(CURRENT, null);
    const current = clusters.find((cluster) => cluster.profile.id === wanted) ?? clusters[0];
    useClusters.setState(({ facts, usages }) => ({
      clusters,
      prompts,
      error: null,
      currentId: current?.profile.id ?? null,
      facts: stillThere(facts, clusters),
      usages: stillThere(usages, clusters),
    }));
    // answers and events come different ways: one made before an event may arrive after it
    if (changes !== before) await loadClusters();
  } catch (error) {
    useClusters.setState({ error: appErrorOf(error) });
  }
}

export function chooseCluster(clusterId: ClusterId): void {
  useClusters.setState({ currentId: clusterId });
  remember(CURRENT, clusterId);
}

/** The chosen cluster with its connection, or null. */
export function useCurrentCluster(): ClusterView | null {
  return useClusters((store) => store.clusters?.find((cluster) => cluster.profile.id === store.currentId) ?? null);
}

/** Facts into the store, from the core's cache unless `refresh`. Rejects with CodedError. */
export async function loadFacts(
  clusterId: ClusterId,
  options: { refresh?: boolean; signal?: AbortSignal } = {},
): Promise<ClusterFacts> {
  const facts = await client.call(
    'clusters.facts',
    { clusterId, refresh: options.refresh ?? false },
    options.signal ? { signal: options.signal } : {},
  );
  useClusters.setState((store) => ({ facts: { ...store.facts, [clusterId]: facts } }));
  return facts;
}

/** What happens on the cluster now into the store; the core asks the cluster at most as often as its site allows. Rejects with CodedError. */
export async function loadUsage(clusterId: ClusterId, options: { signal?: AbortSignal } = {}): Promise<void> {
  const usage = await client.call('clusters.usage', { clusterId }, options);
  useClusters.setState((store) => ({ usages: { ...store.usages, [clusterId]: usage } }));
}

/** Whether the cluster is connected, and so its jobs and files can be reached. The same while a connection is slow for a moment. */
export function useIsConnected(clusterId: ClusterId): boolean {
  return useClusters(
    (store) =>
      store.clusters?.some(({ profile, connection }) => profile.id === clusterId && isConnected(connection)) ?? false,
  );
}

/** Connects; how it goes is in the store. */
export async function connectCluster(clusterId: ClusterId): Promise<void> {
  await client.call('clusters.connect', { clusterId });
}

/** Loads everything and follows the core's events for as long as the page lives. */
export async function followClusters(): Promise<void> {
  client.on('clusters.changed', () => void loadClusters());
  client.onResync(() => void loadClusters());
  client.on('clusters.connection', ({ clusterId, connection }) => {
    changes += 1;
    useClusters.setState((store) => ({
      clusters:
        store.clusters?.map((cluster) => (cluster.profile.id === clusterId ? { ...cluster, connection } : cluster)) ??
        null,
    }));
  });
  client.on('clusters.prompt', (prompt) => {
    changes += 1;
    useClusters.setState((store) => ({
      prompts: [...store.prompts.filter((other) => other.promptId !== prompt.promptId), prompt],
    }));
  });
  client.on('clusters.promptClosed', ({ promptId }) => {
    changes += 1;
    useClusters.setState((store) => ({ prompts: store.prompts.filter((prompt) => prompt.promptId !== promptId) }));
  });
  // partitions are there before accounts and quotas are
  client.on('clusters.facts', ({ clusterId, facts }) =>
    useClusters.setState((store) => ({ facts: { ...store.facts, [clusterId]: facts } })),
  );
  client.on('clusters.usage', ({ clusterId, usage }) =>
    useClusters.setState((store) => ({ usages: { ...store.usages, [clusterId]: usage } })),
  );
  client.on('jobs.poll', ({ clusterId, lastPollAt, answeredAt, nextPollAt, error }) =>
    useClusters.setState((store) => ({
      polls: { ...store.polls, [clusterId]: { lastPollAt, answeredAt, nextPollAt, error } },
    })),
  );
  client.on('jobs.planned', ({ clusterId, nextPollAt }) =>
    useClusters.setState((store) => ({
      polls: { ...store.polls, [clusterId]: { ...(store.polls[clusterId] ?? NEVER_LOOKED), nextPollAt } },
    })),
  );
  await loadClusters();
}
