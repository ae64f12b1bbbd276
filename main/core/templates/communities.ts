import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { ClusterProfiles } from '../clusters/profiles.ts';
import type { Clock, CorePorts, DocumentRepository, RemoteFiles, RemoteStat } from '../ports.ts';
import type { ClusterSessions } from '../services.ts';
import type { ClusterCommunity, TemplateLibraryService } from './library.ts';
import { MAX_TEMPLATE_BYTES } from './parseTemplate.ts';
import { inFolder, writeWhole } from './writeTemplate.ts';

const COLLECTION = 'clusterCommunities';
/** The same bounds as for a folder on this computer. */
const MAX_DEPTH = 6;
const MAX_FILES = 5000;
/** A sample that is larger stays on the cluster. Bytes. */
const MAX_SAMPLE = 10 * 1024 * 1024;
const CHUNK = 256 * 1024;
/** SFTP dates files in whole seconds: what changed shortly before it was copied may have changed once more since. Milliseconds. */
const DATING_STEP_MS = 3000;

/** What the copy of a community folder holds, and what it was made from. */
const Copy = z.object({
  folder: z.string(),
  syncedAt: z.number(),
  /** By path within the folder, with `/`. Bytes and epoch seconds, as the cluster tells them. */
  files: z.record(z.string(), z.object({ size: z.number(), modifiedAt: z.number() })),
});
type Copy = z.infer<typeof Copy>;

function copyOf(documents: DocumentRepository, clusterId: ClusterId, folder: string): Copy {
  const parsed = Copy.safeParse(documents.get(COLLECTION, clusterId));
  // of another folder nothing is known, whatever lies here
  return parsed.success && parsed.data.folder === folder ? parsed.data : { folder, syncedAt: 0, files: {} };
}

/** The copies here of the community folders that profiles name; they are there without a connection. */
export function clusterCommunities(profiles: Pick<ClusterProfiles, 'list'>, documents: DocumentRepository, folders: CorePorts['folders']): ClusterCommunity[] {
  return profiles.list().flatMap(({ id, communityFolder }) => {
    if (communityFolder === null) return [];
    return [{ clusterId: id, path: path.join(folders.data, 'templates', 'clusters', id), syncedAt: copyOf(documents, id, communityFolder).syncedAt }];
  });
}

/** Keeps the copies like the folders on the clusters. */
export interface CommunitySync {
  /**
   * Fetches what is new or changed and removes what is gone; resolves with the number of files. When the folder cannot be read, the copy stays
   * as it is. COMMUNITY_FOLDER_MISSING, REMOTE_PATH_MISSING, REMOTE_FILE_DENIED, NOT_CONNECTED, CANCELLED, TEMPLATE_FOLDER_UNUSABLE.
   */
  sync(clusterId: ClusterId, signal: AbortSignal): Promise<number>;
  /** All of them, one after the other. */
  syncAll(signal: AbortSignal): Promise<{ changed: number; failed: { clusterId: ClusterId; reason: string }[] }>;
}

interface Parts {
  readonly sessions: Pick<ClusterSessions, 'use' | 'profile' | 'profiles'>;
  readonly library: Pick<TemplateLibraryService, 'settingsChanged' | 'communityOf'>;
  readonly documents: DocumentRepository;
  readonly folders: CorePorts['folders'];
  readonly clock: Pick<Clock, 'now'>;
}

export function createCommunitySync({ sessions, library, documents, folders, clock }: Parts): CommunitySync {
  const running = new Map<ClusterId, Promise<number>>();

  async function copy(clusterId: ClusterId, signal: AbortSignal): Promise<number> {
    const { communityFolder, name } = sessions.profile(clusterId);
    if (communityFolder === null) throw new AppError('COMMUNITY_FOLDER_MISSING', { details: { where: name } });
    const cache = path.join(folders.data, 'templates', 'clusters', clusterId);
    const before = copyOf(documents, clusterId, communityFolder);
    const { there, fetched } = await sessions.use(clusterId, { signal, purpose: 'templates' }, async ({ files }) => {
      const found = await listTree(files, await files.resolve(communityFolder), signal);
      const news: { name: string; bytes: Uint8Array }[] = [];
      for (const [file, { size, modifiedAt, remote }] of found) {
        const known = before.files[file];
        const local = path.join(cache, ...file.split('/'));
        const settled = modifiedAt * 1000 < before.syncedAt - DATING_STEP_MS;
        if (known?.size === size && known.modifiedAt === modifiedAt && settled && existsSync(local)) continue;
        signal.throwIfAborted();
        const bytes = await readAll(files, remote, size);
        if (!existsSync(local) || !readFileSync(local).equals(bytes)) news.push({ name: file, bytes });
      }
      return { there: found, fetched: news };
    });
    inFolder(cache, () => {
      mkdirSync(cache, { recursive: true });
      for (const { name: file, bytes } of fetched) {
        const local = path.join(cache, ...file.split('/'));
        mkdirSync(path.dirname(local), { recursive: true });
        writeWhole(local, bytes);
      }
    });
    const gone = inFolder(cache, () => localFiles(cache).filter((file) => !there.has(file)));
    for (const file of gone) rmSync(path.join(cache, ...file.split('/')), { force: true });
    documents.set(COLLECTION, clusterId, {
      folder: communityFolder,
      syncedAt: clock.now(),
      files: Object.fromEntries(Array.from(there, ([file, { size, modifiedAt }]) => [file, { size, modifiedAt }])),
    } satisfies Copy);
    library.settingsChanged();
    const folder = library.communityOf(clusterId);
    for (const file of [...fetched.map((each) => each.name), ...gone]) if (isTemplate(file) && !file.includes('.samples/')) folder?.wrote(path.join(folder.root, ...file.split('/')), 'found');
    return fetched.length + gone.length;
  }

  const sync: CommunitySync['sync'] = (clusterId, signal) => {
    const already = running.get(clusterId);
    if (already !== undefined) return already;
    const work = copy(clusterId, signal).finally(() => running.delete(clusterId));
    running.set(clusterId, work);
    return work;
  };

  return {
    sync,
    async syncAll(signal) {
      const failed: { clusterId: ClusterId; reason: string }[] = [];
      let changed = 0;
      for (const { id, communityFolder } of sessions.profiles()) {
        if (communityFolder === null) continue;
        try {
          changed += await sync(id, signal);
        } catch (error) {
          if (signal.aborted || !AppError.is(error)) throw error;
          failed.push({ clusterId: id, reason: error.message });
        }
      }
      return { changed, failed };
    },
  };
}

type Tree = Map<string, { size: number; modifiedAt: number; remote: string }>;

/** Templates and their samples below a folder of the cluster, by their path within it. */
async function listTree(files: RemoteFiles, root: string, signal: AbortSignal): Promise<Tree> {
  const found: Tree = new Map();
  const folders = [{ remote: root, name: '', depth: 0 }];
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    signal.throwIfAborted();
    const { remote, name, depth } = next;
    const inSamples = name.endsWith('.samples');
    for (const item of await files.list(remote)) {
      // what a server calls a file must not lead out of the copy, on any system
      if (!isPlainName(item.name) || found.size >= MAX_FILES) continue;
      const full = `${remote}/${item.name}`;
      const inside = name === '' ? item.name : `${name}/${item.name}`;
      const what: RemoteStat | null = item.kind === 'link' ? await files.stat(full) : item;
      if (what?.kind === 'folder' && item.kind === 'folder' && !inSamples && depth < MAX_DEPTH) folders.push({ remote: full, name: inside, depth: depth + 1 });
      if (what?.kind !== 'file') continue;
      if (inSamples ? what.size <= MAX_SAMPLE : isTemplate(item.name) && what.size <= MAX_TEMPLATE_BYTES) {
        found.set(inside, { size: what.size, modifiedAt: what.modifiedAt, remote: full });
      }
    }
  }
  return found;
}

async function readAll(files: RemoteFiles, remote: string, size: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let offset = 0; offset < size; ) {
    const part = await files.read(remote, offset, Math.min(CHUNK, size - offset));
    if (part.length === 0) break;
    parts.push(part);
    offset += part.length;
  }
  return Buffer.concat(parts);
}

function localFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => path.relative(folder, path.join(item.parentPath, item.name)).split(path.sep).join('/'));
}

function isTemplate(name: string): boolean {
  return /\.ya?ml$/i.test(name);
}

/** One name of a file or folder that means the same on every system, and is not hidden. */
function isPlainName(name: string): boolean {
  return /^[^\\/:*?"<>|\u0000-\u001F]{1,200}$/.test(name) && !/^[.~]|[~. ]$/.test(name);
}
