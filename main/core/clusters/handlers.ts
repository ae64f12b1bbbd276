import type {
  ClusterUsage,
  ClusterModules,
  ClusterProfile,
  ClusterView,
} from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message } from '../../../shared/messages/message.ts';
import { refuseRunFolder } from '../../slurm/runFolder.ts';
import type { HandlersOf } from '../core.ts';
import type { Clock, Connector, SshConfigReader } from '../ports.ts';
import type { DemoConsent } from '../services.ts';
import type { LocalPlaces } from '../services.ts';
import type { Emit } from '../program/events.ts';
import { testConnection } from './connectionDiagnosis.ts';
import type { FactsCache } from './facts.ts';
import { profileFromSshConfig } from './importedProfile.ts';
import type { ClusterProfiles } from './profiles.ts';
import type { Prompts } from './prompts.ts';
import type { SessionsService } from './clusterSessions.ts';

interface ClusterHandlerDependencies {
  readonly profiles: ClusterProfiles;
  readonly sessions: SessionsService;
  readonly prompts: Prompts;
  readonly facts: FactsCache;
  readonly usage: { take(clusterId: ClusterId, signal: AbortSignal): Promise<ClusterUsage> };
  readonly modules: { take(clusterId: ClusterId, refresh: boolean, signal: AbortSignal): Promise<ClusterModules> };
  readonly sshConfig: SshConfigReader;
  readonly connector: Pick<Connector, 'forgetHostKey'>;
  readonly places: LocalPlaces;
  readonly demoConsent: DemoConsent;
  /** How many runs of a cluster are not settled. */
  readonly openRuns: (clusterId: ClusterId) => number;
  readonly clock: Clock;
  readonly emit: Emit;
}

/** The fields of a profile that a live connection was made with. */
function reaches(profile: ClusterProfile): string {
  const { kind, host, port, user, auth, jump, hostKeys, slurmBin } = profile;
  return JSON.stringify(
    kind === 'demo' ? { kind, slurmBin } : { kind, host, port, user, auth, jump, hostKeys, slurmBin },
  );
}

/** The profile's own server or one of its jump hosts, by host and port; a host key can be forgotten for no other. */
function leadsOver(profile: ClusterProfile, host: string, port: number): boolean {
  return [profile, ...profile.jump].some((server) => server.host === host && server.port === port);
}

export function clusterHandlers({
  profiles,
  sessions,
  prompts,
  facts,
  usage,
  modules,
  sshConfig,
  connector,
  places,
  demoConsent,
  openRuns,
  clock,
  emit,
}: ClusterHandlerDependencies): HandlersOf<'clusters'> {
  const view = (clusterId: ClusterId): ClusterView => ({
    profile: profiles.get(clusterId),
    connection: sessions.state(clusterId),
  });
  /** Before a profile that somebody sent is stored or tried: of this computer it may name what the person chose. */
  const admit = async (before: ClusterProfile | undefined, profile: ClusterProfile): Promise<void> => {
    await places.admitProfile(profile);
    await demoConsent.requireFor(before, profile);
  };
  return {
    'clusters.list': () => profiles.list().map(({ id }) => view(id)),
    'clusters.save': async ({ profile }) => {
      const before = profiles.list().find(({ id }) => id === profile.id);
      if (before !== undefined && before.kind !== profile.kind) {
        throw new AppError('SETTING_INVALID', {
          details: { name: 'kind', reason: message('clusters.keepsKind') },
        });
      }
      if (before === undefined && profile.kind === 'demo' && profiles.list().some(({ kind }) => kind === 'demo')) {
        throw new AppError('SETTING_INVALID', {
          details: { name: 'kind', reason: message('clusters.oneDemo') },
        });
      }
      refuseRunFolder(profile.runRoot);
      await admit(before, profile);
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
      await sessions.forgetSecrets(clusterId);
      await sessions.drop(clusterId);
      profiles.remove(clusterId);
      emit('clusters.changed', {});
      return {};
    },
    'clusters.connect': ({ clusterId }, { signal }) => sessions.connect(clusterId, signal),
    'clusters.disconnect': ({ clusterId }) => sessions.disconnect(clusterId),
    'clusters.test': async ({ clusterId, profile }, { signal }) => {
      if (profile !== undefined && profile.id !== clusterId)
        throw new AppError('INPUT_INVALID', {
          details: { reason: message('clusters.otherProfile'), field: 'profile' },
        });
      if (profile !== undefined)
        await admit(
          profiles.list().find(({ id }) => id === profile.id),
          profile,
        );
      return testConnection(
        {
          profile: profile ?? profiles.get(clusterId),
          openOnce: (...attempt) => sessions.openOnce(...attempt),
          clock,
          onProgress: (steps) => emit('clusters.testProgress', { clusterId, steps }),
        },
        signal,
      );
    },
    'clusters.sshConfig': () => sshConfig.read(),
    'clusters.fromSshConfig': async ({ alias }) => {
      const { settings, notes } = await sshConfig.resolve(alias);
      return { profile: profileFromSshConfig(alias, settings, profiles.list()), notes };
    },
    'clusters.forgetHostKey': ({ clusterId, host, port, fingerprint }) => {
      const profile = profiles.get(clusterId);
      if (!leadsOver(profile, host, port)) {
        throw new AppError('INPUT_INVALID', {
          details: { reason: message('clusters.notItsServer', { server: `${host}:${String(port)}` }), field: 'host' },
        });
      }
      places.requireProfile(profile);
      return connector.forgetHostKey(profile, host, port, fingerprint);
    },
    'clusters.forgetSecrets': async ({ clusterId }) => {
      profiles.get(clusterId);
      await sessions.forgetSecrets(clusterId);
      return {};
    },
    'clusters.facts': ({ clusterId, refresh }, { signal }) => facts.take(clusterId, refresh, signal),
    'clusters.usage': ({ clusterId }, { signal }) => usage.take(clusterId, signal),
    'clusters.modules': ({ clusterId, refresh }, { signal }) => modules.take(clusterId, refresh, signal),
    'clusters.commands': ({ clusterId }) => {
      profiles.get(clusterId);
      return sessions.commands(clusterId);
    },
    'clusters.prompts': () => prompts.pending(),
    'clusters.answer': ({ promptId, answer }) => {
      prompts.answer(promptId, answer);
      return {};
    },
  };
}
