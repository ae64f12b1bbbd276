import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { failureDetails } from '../log/failure.ts';
import type { Clock, ImageRepository, Log, RemoteFiles } from '../ports.ts';
import type { Emit } from '../program/events.ts';
import { findImages, type FoundImage, type WalkedFolder } from './findImages.ts';
import { READER, readFound } from './readFound.ts';

export interface ScanDependencies {
  readonly images: ImageRepository;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Pick<Log, 'write'>;
  readonly emit: Emit;
}

/**
 * Looks through folders of a login node. What has the size and time that it had is not opened. What was read is kept at once, so that a look that is cut
 * short is not for nothing; that something is gone is said when its folder was looked through to the end.
 * Errors: those of findImages, RECORD_FAILED.
 */
export async function scanCluster(
  { images, clock, log, emit }: ScanDependencies,
  clusterId: ClusterId,
  files: RemoteFiles,
  folders: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  for (const walked of await findImages(files, folders, signal)) {
    const known = images.filesOf(clusterId, null, walked.path);
    const isSame = ({ path, size, modifiedAt }: FoundImage): boolean => {
      const before = known.get(path);
      return before?.size === size && before.modifiedAt === modifiedAt && before.reader === READER;
    };
    const toRead = walked.images.filter((found) => !isSame(found));
    let read = 0;
    const progress = (): void =>
      emit('images.scanProgress', {
        clusterId,
        folder: walked.folder,
        found: walked.images.length,
        read,
        toRead: toRead.length,
      });
    progress();
    const where = { folder: walked.path, node: null, partition: null, at: clock.now() };
    const onBug = (error: unknown, path: string): void =>
      log.write('error', 'image_reader_failed', null, { clusterId, path, ...failureDetails(error) });
    for await (const batch of readFound(files, toRead, { where, signal, onBug })) {
      signal.throwIfAborted();
      images.recordRead(clusterId, batch.reader, batch.images);
      read += batch.images.length;
      progress();
      await nextTurn();
    }
    signal.throwIfAborted();
    images.recordFolder(
      clusterId,
      {
        folder: walked.folder,
        path: walked.path,
        node: null,
        partition: null,
        scannedAt: clock.now(),
        found: walked.images.length,
        unreadable: walked.unreadable.map((each) => ({ ...each, node: null })),
      },
      { ...vanished(walked, known), links: walked.links },
    );
  }
}

/** What became of images that were known of the folder. */
function vanished(
  { images, isGone }: WalkedFolder,
  known: ReturnType<ImageRepository['filesOf']>,
): { gone: string[]; back: string[]; unseen: string[] } {
  const found = new Set(images.map(({ path }) => path));
  const missing = [...known].filter(([path, { active }]) => active && !found.has(path)).map(([path]) => path);
  return {
    gone: missing.filter(isGone),
    unseen: missing.filter((path) => !isGone(path)),
    back: [...known].filter(([path, { active }]) => !active && found.has(path)).map(([path]) => path),
  };
}
