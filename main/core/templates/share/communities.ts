import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { LeftOut, NOTHING_LEFT_OUT, type LeftOutReason } from '../../../../shared/contract/templates.ts';
import type { ClusterId } from '../../../../shared/domain/ids.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { abortable } from '../../cache/abortable.ts';
import type { ClusterProfiles } from '../../services.ts';
import type { Clock, CorePorts, DocumentRepository, RemoteFiles } from '../../ports.ts';
import type { ClusterSessions } from '../../services.ts';
import { isTemplate, listTree } from './communityTree.ts';
import { copyRemoteFile } from './copyRemoteFile.ts';
import { LeftOutList } from '../format/leftOut.ts';
import type { TemplateLibraryService } from '../library/library.ts';
import type { ClusterCommunity } from '../library/libraryPlaces.ts';
import { inFolder } from '../library/writeTemplate.ts';

const COLLECTION = 'clusterCommunities';
/** SFTP dates files in whole seconds: what changed shortly before it was copied may have changed once more since. Milliseconds. */
const DATING_STEP_MS = 3000;

/** Listing a folder, copying one file, and copying all: a folder that drips ends here, and what is missing comes with the next look. Milliseconds. */
const LIMITS = { listMs: 120_000, fileMs: 120_000, copyMs: 600_000 };

/** What the copy of a community folder holds, and what it was made from. */
const Copy = z.object({
  folder: z.string(),
  syncedAt: z.number(),
  /** By path within the folder, with `/`. Bytes and epoch seconds, as the cluster tells them. */
  files: z.record(z.string(), z.object({ size: z.number(), modifiedAt: z.number() })),
  leftOut: LeftOut.default(NOTHING_LEFT_OUT),
  /** The login name there. */
  user: z.string().nullable().default(null),
});
type Copy = z.infer<typeof Copy>;

function copyOf(documents: DocumentRepository, clusterId: ClusterId, folder: string): Copy {
  const parsed = Copy.safeParse(documents.get(COLLECTION, clusterId));
  // of another folder nothing is known, whatever lies here
  return parsed.success && parsed.data.folder === folder
    ? parsed.data
    : { folder, syncedAt: 0, files: {}, leftOut: NOTHING_LEFT_OUT, user: null };
}

/** The copies here of the community folders that profiles name; they are there without a connection. */
export function clusterCommunities(
  profiles: Pick<ClusterProfiles, 'list'>,
  documents: DocumentRepository,
  folders: CorePorts['folders'],
): ClusterCommunity[] {
  return profiles.list().flatMap(({ id, communityFolder }) => {
    if (communityFolder === null) return [];
    return [
      {
        clusterId: id,
        path: path.join(folders.data, 'templates', 'clusters', id),
        ...pick(copyOf(documents, id, communityFolder)),
      },
    ];
  });
}

const pick = ({ syncedAt, leftOut, user }: Copy): Pick<ClusterCommunity, 'syncedAt' | 'leftOut' | 'user'> => ({
  syncedAt,
  leftOut,
  user,
});

/** Keeps the copies like the folders on the clusters. */
export interface CommunitySync {
  /**
   * Fetches what is new or changed and removes what is gone; resolves with the number of files. Memory, files, bytes and time are bounded
   * whatever the folder holds; what is left out is told with the copy. When the folder cannot be read, the copy stays as it is.
   * COMMUNITY_FOLDER_MISSING, REMOTE_PATH_MISSING, REMOTE_FILE_DENIED, REMOTE_GARBAGE, REMOTE_TIMEOUT, NOT_CONNECTED, CANCELLED,
   * TEMPLATE_FOLDER_UNUSABLE.
   */
  sync(clusterId: ClusterId, signal: AbortSignal): Promise<number>;
  /** All of them, one after the other. */
  syncAll(signal: AbortSignal): Promise<{ changed: number; failed: { clusterId: ClusterId; reason: string }[] }>;
}

interface CommunitySyncDependencies {
  readonly sessions: Pick<ClusterSessions, 'use' | 'profile' | 'profiles'> & {
    environment(clusterId: ClusterId): { readonly user: string } | null;
  };
  readonly library: Pick<TemplateLibraryService, 'settingsChanged' | 'found'>;
  readonly documents: DocumentRepository;
  readonly folders: CorePorts['folders'];
  readonly clock: Pick<Clock, 'now'>;
  readonly log: CorePorts['log'];
  readonly limits?: typeof LIMITS;
}

export function createCommunitySync({
  sessions,
  library,
  documents,
  folders,
  clock,
  log,
  limits = LIMITS,
}: CommunitySyncDependencies): CommunitySync {
  const running = new Map<ClusterId, { answer: Promise<number>; stop: AbortController; waiting: number }>();
  /** Settles when the last copying of a cluster has let go of its folder. */
  const ending = new Map<ClusterId, Promise<void>>();

  async function copy(clusterId: ClusterId, signal: AbortSignal): Promise<number> {
    const { communityFolder, name: host } = sessions.profile(clusterId);
    if (communityFolder === null) throw new AppError('COMMUNITY_FOLDER_MISSING', { details: { where: host } });
    const cache = path.join(folders.data, 'templates', 'clusters', clusterId);
    const before = copyOf(documents, clusterId, communityFolder);
    const localOf = (file: string): string => path.join(cache, ...file.split('/'));
    const {
      kept,
      files: now,
      changed,
      leftOut,
    } = await sessions.use(clusterId, { signal, purpose: 'templates' }, async ({ files }) => {
      const left = new LeftOutList();
      const unread: string[] = [];
      const there = await limited(limits.listMs, host, signal, async (within) =>
        listTree(
          files,
          await files.resolve(communityFolder),
          within,
          left,
          (folder) => unread.push(`${folder}/`),
          sessions.environment(clusterId)?.user ?? null,
        ),
      );
      const mine = inFolder(cache, () => localFiles(cache));
      // what cannot be looked at now is not gone
      const gone = mine.filter((file) => !there.has(file) && !unread.some((folder) => file.startsWith(folder)));
      inFolder(cache, () => gone.forEach((file) => rmSync(localOf(file), { force: true })));
      const copied: Copy['files'] = {};
      const fresh: string[] = [];
      const until = performance.now() + limits.copyMs;
      for (const [file, { size, modifiedAt, remote }] of there) {
        signal.throwIfAborted();
        const known = before.files[file];
        const settled = modifiedAt * 1000 < before.syncedAt - DATING_STEP_MS;
        if (known?.size === size && known.modifiedAt === modifiedAt && settled && existsSync(localOf(file))) {
          copied[file] = known;
          continue;
        }
        const outcome =
          performance.now() > until
            ? 'too-long'
            : await fetchOne(files, remote, size, cache, localOf(file), host, until, signal);
        if (outcome === 'written' || outcome === 'same') copied[file] = { size, modifiedAt };
        else left.add(file, outcome);
        if (outcome === 'written') fresh.push(file);
      }
      return { kept: mine.length, files: copied, changed: [...fresh, ...gone], leftOut: left.all() };
    });
    documents.set(COLLECTION, clusterId, {
      folder: communityFolder,
      syncedAt: clock.now(),
      files: now,
      leftOut,
      user: sessions.environment(clusterId)?.user ?? null,
    } satisfies Copy);
    if (leftOut.count > 0) log.write('warn', 'community_left_out', null, { clusterId, ...leftOut, kept });
    library.settingsChanged();
    for (const file of changed) {
      if (!isTemplate(file) || file.includes('.samples/')) continue;
      library.found(localOf(file));
      await turn();
    }
    return changed.length;
  }

  /** One file, or why not: what is denied, hangs or changes costs itself only. */
  async function fetchOne(
    files: RemoteFiles,
    remote: string,
    size: number,
    cache: string,
    local: string,
    host: string,
    until: number,
    signal: AbortSignal,
  ): Promise<'written' | 'same' | LeftOutReason> {
    try {
      const ms = Math.max(1, Math.min(limits.fileMs, until - performance.now()));
      return await limited(ms, host, signal, (within) => copyRemoteFile(files, remote, size, local, within));
    } catch (error) {
      if (signal.aborted) throw error;
      if (AppError.is(error, 'REMOTE_TIMEOUT')) return 'too-long';
      if (AppError.is(error, 'REMOTE_PATH_MISSING', 'REMOTE_FILE_DENIED', 'REMOTE_GARBAGE')) return 'unreadable';
      // what the disk says becomes a sentence
      return inFolder(cache, () => {
        throw error;
      });
    }
  }

  const sync: CommunitySync['sync'] = async (clusterId, signal) => {
    let work = running.get(clusterId);
    if (work === undefined) {
      const stop = new AbortController();
      const last = ending.get(clusterId) ?? Promise.resolve();
      const answer = last.then(() => copy(clusterId, stop.signal));
      ending.set(
        clusterId,
        answer.then(
          () => undefined,
          () => undefined,
        ),
      );
      work = { answer, stop, waiting: 0 };
      running.set(clusterId, work);
    }
    const mine = work;
    mine.waiting += 1;
    try {
      return await abortable(mine.answer, signal);
    } finally {
      mine.waiting -= 1;
      // it ends with the last who wants it, and the next begins anew
      if (mine.waiting === 0) {
        mine.stop.abort(new AppError('CANCELLED'));
        if (running.get(clusterId) === mine) running.delete(clusterId);
      }
    }
  };

  return {
    sync,
    async syncAll(signal) {
      const failed: { clusterId: ClusterId; reason: string }[] = [];
      let changed = 0;
      // side by side: one that hangs holds up no other
      await Promise.all(
        sessions.profiles().map(async ({ id, communityFolder }) => {
          if (communityFolder === null) return;
          try {
            changed += await sync(id, signal);
          } catch (error) {
            if (signal.aborted || !AppError.is(error)) throw error;
            failed.push({ clusterId: id, reason: error.message });
          }
        }),
      );
      return { changed, failed };
    },
  };
}

function localFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((item) => item.isFile())
    .map((item) => path.relative(folder, path.join(item.parentPath, item.name)).split(path.sep).join('/'));
}

/** Ends with the caller's signal, or after `ms` with REMOTE_TIMEOUT of this cluster. */
async function limited<T>(
  ms: number,
  host: string,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(
    () => stop.abort(new AppError('REMOTE_TIMEOUT', { details: { host, seconds: ms / 1000 } })),
    ms,
  );
  try {
    return await work(AbortSignal.any([signal, stop.signal]));
  } catch (error) {
    if (stop.signal.aborted && !signal.aborted) throw stop.signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}
