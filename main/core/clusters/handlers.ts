import type { ClusterProfile, ClusterView } from '../../../shared/domain/cluster.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { HandlersOf } from '../core.ts';
import type { Clock } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import { testConnection } from './connectionTest.ts';
import type { FactsCache } from './facts.ts';
import type { ClusterProfiles } from './profiles.ts';
import type { Prompts } from './prompts.ts';
import type { SessionsService } from './sessions.ts';

interface Parts {
  readonly profiles: ClusterProfiles;
  readonly sessions: SessionsService;
  readonly prompts: Prompts;
  readonly facts: FactsCache;
  /** How many runs of a cluster are not settled. */
  readonly openRuns: (clusterId: ClusterId) => number;
  readonly clock: Clock;
  readonly emit: Emit;
}

/** The fields of a profile that a live connection was made with. */
function reaches(profile: ClusterProfile): string {
  const { kind, host, port, user, auth, slurmBin } = profile;
  return JSON.stringify(kind === 'demo' ? { kind, slurmBin } : { kind, host, port, user, auth, slurmBin });
}

export function clusterHandlers({ profiles, sessions, prompts, facts, openRuns, clock, emit }: Parts): HandlersOf<'clusters'> {
  const view = (clusterId: ClusterId): ClusterView => ({ profile: profiles.get(clusterId), connection: sessions.state(clusterId) });
  return {
    'clusters.list': () => profiles.list().map(({ id }) => view(id)),
    'clusters.save': async ({ profile }) => {
      const before = profiles.list().find(({ id }) => id === profile.id);
      if (before !== undefined && before.kind !== profile.kind) {
        throw new AppError('SETTING_INVALID', { details: { name: 'kind', reason: 'a cluster keeps its kind; add another one' } });
      }
      if (before === undefined && profile.kind === 'demo' && profiles.list().some(({ kind }) => kind === 'demo')) {
        throw new AppError('SETTING_INVALID', { details: { name: 'kind', reason: 'there is one demo cluster already' } });
      }
      profiles.save(profile);
      // a connection made with other values is not the one that the profile describes
      if (before !== undefined && reaches(before) !== reaches(profile)) await sessions.drop(profile.id);
      emit('clusters.changed', {});
      return view(profile.id);
    },
    'clusters.remove': async ({ clusterId }) => {
      const { name } = profiles.get(clusterId);
      const unfinished = openRuns(clusterId);
      if (unfinished > 0) throw new AppError('CLUSTER_BUSY', { details: { cluster: name, count: unfinished } });
      await sessions.drop(clusterId);
      profiles.remove(clusterId);
      emit('clusters.changed', {});
      return {};
    },
    'clusters.connect': ({ clusterId }, { signal }) => sessions.connect(clusterId, signal),
    'clusters.disconnect': ({ clusterId }) => sessions.disconnect(clusterId),
    'clusters.test': ({ clusterId }, { signal }) => testConnection(profiles.get(clusterId), (...attempt) => sessions.openOnce(...attempt), clock, signal),
    'clusters.facts': ({ clusterId, refresh }, { signal }) => facts.take(clusterId, refresh, signal),
    'clusters.prompts': () => prompts.pending(),
    'clusters.answer': ({ promptId, answer }) => {
      prompts.answer(promptId, answer);
      return {};
    },
  };
}
