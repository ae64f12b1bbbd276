import { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { EXAMPLE_RATES } from '../../../shared/domain/cost/schema.ts';
import { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import type { DocumentRepository, Log } from '../ports.ts';

/** The built-in demo cluster's id. */
export const DEMO_CLUSTER = ClusterId.parse('demo');

const COLLECTION = 'clusters';

/** Cluster profiles, one document each. They hold no secret. */
export interface ClusterProfiles {
  /** By name, the demo cluster last. What cannot be read is kept, logged and left out. */
  list(): ClusterProfile[];
  /** CLUSTER_NOT_FOUND. */
  get(clusterId: ClusterId): ClusterProfile;
  save(profile: ClusterProfile): void;
  remove(clusterId: ClusterId): void;
}

/** What the demo cluster is called before it has run; each start fills in port, user, key and image folders. */
function demoProfile(): ClusterProfile {
  return ClusterProfile.parse({
    id: DEMO_CLUSTER,
    name: 'Demo cluster',
    kind: 'demo',
    host: '127.0.0.1',
    port: 22,
    user: 'demo',
    auth: [{ kind: 'agent', socket: null, only: [] }],
    imageFolders: [],
    rates: EXAMPLE_RATES,
  });
}

/** On the first start of a data folder the demo cluster is put there; once removed it stays away. */
export function createProfiles(documents: DocumentRepository, log: Log): ClusterProfiles {
  const read = (key: string): ClusterProfile | null => {
    const stored = documents.get(COLLECTION, key);
    const parsed = ClusterProfile.safeParse(stored);
    if (parsed.success) return parsed.data;
    if (stored !== undefined && stored !== null)
      log.write('warn', 'cluster_profile_unreadable', null, {
        error_code: ERRORS.SETTING_INVALID.code,
        clusterId: key,
        issues: parsed.error.issues.slice(0, 5),
      });
    return null;
  };
  const save = (profile: ClusterProfile): void => documents.set(COLLECTION, profile.id, profile);

  if (documents.get('program', 'demoClusterAdded') !== true) {
    if (read(DEMO_CLUSTER) === null) save(demoProfile());
    documents.set('program', 'demoClusterAdded', true);
  }

  return {
    list: () =>
      documents
        .keys(COLLECTION)
        .flatMap((key) => read(key) ?? [])
        .sort(
          (a, b) =>
            Number(a.kind === 'demo') - Number(b.kind === 'demo') ||
            a.name.localeCompare(b.name) ||
            a.id.localeCompare(b.id),
        ),
    get: (clusterId) => {
      const profile = read(clusterId);
      if (profile === null) throw new AppError('CLUSTER_NOT_FOUND', { details: { clusterId } });
      return profile;
    },
    save,
    remove: (clusterId) => documents.delete(COLLECTION, clusterId),
  };
}
