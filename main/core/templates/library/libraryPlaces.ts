/** Which folders the library has, and what of them is shown: the person's own, shared ones with their parts, the shipped one, the archive. */
import path from 'node:path';
import type { LeftOut } from '../../../../shared/contract/templates.ts';
import type { ClusterId } from '../../../../shared/domain/ids.ts';
import type { TemplateSource } from '../../../../shared/domain/template/schema.ts';
import { LeftOutList } from '../format/leftOut.ts';
import { siteTree } from './siteTree.ts';
import type { TemplateEntry } from './templateEntry.ts';
import type { TemplateFolder } from './templateFolder.ts';

/** The copy here of a community folder on a cluster. */
export interface ClusterCommunity {
  readonly clusterId: ClusterId;
  readonly path: string;
  /** Epoch ms; 0: never. */
  readonly syncedAt: number;
  readonly leftOut: LeftOut;
  /** The login name there; null before the first copy. */
  readonly user: string | null;
}

/** What is known of a place besides its folder. */
interface Belonging {
  readonly origin: ClusterCommunity | null;
  /** A part of a shared folder that is not changed from here. */
  readonly site: boolean;
  /** The whole shared folder that it is, or is a part of. */
  readonly shared: string | null;
}

export interface WantedPlace extends Belonging {
  /** `private`, `community`, `official`, `archived`; those of a shared folder on a cluster `community:<id>`; parts of one have a suffix. */
  readonly key: string;
  readonly source: TemplateSource;
  readonly folder: string;
}

export interface OpenPlace extends Belonging {
  readonly folder: TemplateFolder;
}

/** A shared folder: where it is a tree of sources, its parts, and what lies beside them. */
function sharedPlaces(
  key: string,
  shared: string,
  origin: ClusterCommunity | null,
  login: string | null,
): WantedPlace[] {
  const tree = siteTree(shared, login);
  if (tree === null) return [{ key, source: 'community', folder: shared, origin, site: false, shared }];
  return [
    ...tree.map(({ source, path: folder }): WantedPlace => ({
      key: source === 'community' ? key : `${key}/${source}`,
      source,
      folder,
      origin,
      site: source !== 'community',
      shared,
    })),
    { key: `${key}/beside`, source: 'community', folder: shared, origin, site: false, shared },
  ];
}

interface Places {
  readonly privateTemplates: string;
  /** The shared folder on this computer, and the login name here. */
  readonly communityTemplates: string | null;
  readonly user: string | null;
  readonly communities: readonly ClusterCommunity[];
  readonly officialTemplates: string;
  readonly archive: string;
}

/** In the order in which those of one source hide each other. */
export function wantedPlaces({
  privateTemplates,
  communityTemplates,
  user,
  communities,
  officialTemplates,
  archive,
}: Places): WantedPlace[] {
  const own = (source: TemplateSource, folder: string): WantedPlace => ({
    key: source,
    source,
    folder,
    origin: null,
    site: false,
    shared: null,
  });
  return [
    own('private', privateTemplates),
    ...(communityTemplates === null ? [] : sharedPlaces('community', communityTemplates, null, user)),
    ...communities.flatMap((each) => sharedPlaces(`community:${each.clusterId}`, each.path, each, each.user)),
    own('official', officialTemplates),
    own('archived', archive),
  ];
}

/** What its author keeps to themselves, in a folder that others read. `user`: the login name on this computer. */
function isKept(
  { folder, origin, shared }: OpenPlace,
  { isPublic, author }: TemplateEntry,
  user: string | null,
): boolean {
  return (
    !isPublic &&
    shared !== null &&
    (folder.source === 'community' || folder.source === 'official') &&
    author !== (origin === null ? user : origin.user)
  );
}

export function notPublic(place: OpenPlace, user: string | null): LeftOut {
  const left = new LeftOutList();
  for (const entry of place.folder.entries()) if (isKept(place, entry, user)) left.add(entry.fileName, 'not-public');
  return left.all();
}

/** What is shown of places of one source: an earlier one hides the same id of a later one, as it does where one is asked for. */
export function shownEntries(
  places: readonly OpenPlace[],
  user: string | null,
): { place: OpenPlace; entries: TemplateEntry[] }[] {
  const taken = new Set<string>();
  return places.map((place) => {
    const entries = place.folder.entries().filter((entry) => !taken.has(entry.id) && !isKept(place, entry, user));
    for (const { id, usable } of entries) if (usable) taken.add(id);
    return { place, entries };
  });
}

/** Folders whose definitions of checks count: that of `own`, the shared folder that it is a part of, then the others. */
export function rootsOfChecks(places: readonly OpenPlace[], own: string | null): string[] {
  const rootsOf = ({ folder, shared }: OpenPlace): string[] =>
    shared === null ? [folder.root] : [folder.root, path.resolve(shared)];
  const near = places.filter(({ folder }) => folder.root === own).flatMap(rootsOf);
  return [...new Set([...near, ...places.flatMap(rootsOf)])];
}
