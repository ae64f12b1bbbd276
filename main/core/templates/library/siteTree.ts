/** The shared tree as the programs of several sites keep it: `official/`, `community/`, `private/<user>/`, `archived/`, categories below. */
import { statSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { TemplateSource } from '../../../../shared/domain/template/schema.ts';

/** Folders of a shared folder that are sources, not categories. Each is the name of the source that it holds. */
export const SITE_FOLDERS: readonly TemplateSource[] = ['official', 'community', 'private', 'archived'];

export function isSiteFolder(name: string): boolean {
  return SITE_FOLDERS.some((each) => each === name);
}

/** One folder of a shared tree, as this person may use it. */
export interface SiteFolder {
  readonly source: TemplateSource;
  readonly path: string;
}

/**
 * What of a shared folder this user has, or null when it is no such tree: a plain folder of categories. Of `private` it is the user's own
 * folder and no other; the folder `private` itself is not listed. `community` is named where it is not there yet: that is where publishing writes.
 */
export function siteTree(root: string, user: string | null): SiteFolder[] | null {
  if (!SITE_FOLDERS.some((name) => isFolder(path.join(root, name)))) return null;
  return SITE_FOLDERS.flatMap((source): SiteFolder[] => {
    const own = source === 'private' ? privateFolderOf(user) : source;
    if (own === null || (source !== 'community' && !isFolder(path.join(root, own)))) return [];
    return [{ source, path: path.join(root, own) }];
  });
}

/** `private/mia`, or null for a name that is no single component of a path. */
export function privateFolderOf(user: string | null): string | null {
  return user !== null && /^[\p{L}\p{N}_][\p{L}\p{N}_.@-]*$/u.test(user) ? `private/${user}` : null;
}

/** The login name on this computer; null where the system knows none. */
export function localUser(): string | null {
  try {
    return userInfo().username;
  } catch {
    return null;
  }
}

function isFolder(at: string): boolean {
  try {
    return statSync(at).isDirectory();
  } catch {
    return false;
  }
}
