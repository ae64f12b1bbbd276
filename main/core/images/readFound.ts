import { message } from '../../../shared/messages/message.ts';
import type { ReadImage, RemoteFiles } from '../ports.ts';
import { unreadFacts } from './imageFacts.ts';
import type { FoundImage } from './findImages.ts';

/** Rises with what the reader understands: images that an older one read are read again. */
export const READER = 0;
/** Images that are kept in one go. */
const BATCH = 64;

/** Where images were found. */
export interface FoundIn {
  readonly folder: string;
  readonly node: string | null;
  readonly partition: string | null;
  /** Epoch ms. */
  readonly at: number;
}

/** Opens images, some at a time, and says what is in them, batch by batch. One that cannot be read says why. CONNECTION_LOST, CANCELLED. */
export async function* readFound(
  _files: Pick<RemoteFiles, 'read'>,
  images: readonly FoundImage[],
  where: FoundIn,
  signal: AbortSignal,
): AsyncGenerator<ReadImage[], void, undefined> {
  for (let from = 0; from < images.length; from += BATCH) {
    signal.throwIfAborted();
    yield await Promise.resolve(
      images.slice(from, from + BATCH).map((found) => ({
        image: {
          ...unreadFacts(found, message('images.notOpened')),
          name: found.name,
          path: found.path,
          otherPaths: [],
          folder: where.folder,
          node: where.node,
          partition: where.partition,
          size: found.size,
          modifiedAt: found.modifiedAt,
          lastScannedAt: where.at,
          active: true,
        },
        metadata: null,
      })),
    );
  }
}
