import { AppError } from '../../../shared/errors/appError.ts';
import { reasonMessage } from '../../../shared/errors/reasonMessage.ts';
import type { ImageMetadata } from '../../../shared/domain/image/metadata.ts';
import { message } from '../../../shared/messages/message.ts';
import { readImage, readSandbox } from '../../sif/index.ts';
import type { ReadImage, RemoteFiles } from '../ports.ts';
import { factsOf, unreadFacts } from './imageFacts.ts';
import type { FoundImage } from './findImages.ts';
import { PieceReader } from './pieceReader.ts';
import { remoteSandbox } from './remoteSandbox.ts';

/** Rises with what the reader understands: images that an older one read are read again. */
export const READER = 1;
/** Of an image that could not be opened, which may be allowed without a change of its size or time: it is tried again. */
export const NOT_READ = 0;
/** Images that are read at the same time: enough for two calls on the way and two being made. */
const AT_ONCE = 128;
/** Images that are kept in one transaction: some milliseconds. */
const KEPT_AT_ONCE = 32;

/** Where images were found. */
export interface FoundIn {
  readonly folder: string;
  readonly node: string | null;
  readonly partition: string | null;
  /** Epoch ms. */
  readonly at: number;
}

/** Images that were opened, by the reader that read them. */
export interface ReadBatch {
  readonly reader: number;
  readonly images: ReadImage[];
}

export interface ReadOptions {
  readonly where: FoundIn;
  readonly signal: AbortSignal;
  /** A failure that is no error of the image's or the cluster's. */
  readonly onBug: (error: unknown, path: string) => void;
  /** False where only the beginnings of the images are at hand. Default true. */
  readonly insideFileSystem?: boolean;
}

/** These errors are about one image, which says so; any other ends the reading. */
const OF_THE_IMAGE = [
  'IMAGE_NOT_SIF',
  'IMAGE_DAMAGED',
  'IMAGE_TOO_MUCH',
  'REMOTE_PATH_MISSING',
  'REMOTE_FILE_DENIED',
  'REMOTE_GARBAGE',
  'FILE_NAME_REFUSED',
] as const;

/**
 * Opens images, many at the same time, and says what is in them, some at a time. One that cannot be read says why. CONNECTION_LOST, CANCELLED, and
 * whatever else ends all that is done with files of a cluster.
 */
export async function* readFound(
  files: Pick<RemoteFiles, 'list' | 'read' | 'readMany'>,
  images: readonly FoundImage[],
  { where, signal, onBug, insideFileSystem = true }: ReadOptions,
): AsyncGenerator<ReadBatch, void, undefined> {
  const pieces = new PieceReader(files, signal);

  const open = (found: FoundImage): Promise<ImageMetadata> =>
    found.sandbox
      ? readSandbox(remoteSandbox(files, found.path, signal))
      : readImage(
          { size: found.size, read: (offset, length) => pieces.read(found.path, offset, length) },
          { signal, insideFileSystem },
        );

  const read = async (found: FoundImage): Promise<{ reader: number; image: ReadImage }> => {
    try {
      const metadata = await open(found);
      return { reader: READER, image: readAs(found, where, factsOf(found.path, metadata), metadata) };
    } catch (error) {
      signal.throwIfAborted();
      const isOfImage = AppError.is(error, ...OF_THE_IMAGE);
      if (AppError.is(error) && !isOfImage) throw error;
      if (!isOfImage) onBug(error, found.path);
      const problem = isOfImage ? reasonMessage(error) : message('images.readerFailed');
      const isImages = AppError.is(error, 'IMAGE_NOT_SIF', 'IMAGE_DAMAGED', 'IMAGE_TOO_MUCH') || !isOfImage;
      return { reader: isImages ? READER : NOT_READ, image: readAs(found, where, unreadFacts(found, problem), null) };
    }
  };

  for (let from = 0; from < images.length; from += AT_ONCE) {
    const some = await Promise.all(images.slice(from, from + AT_ONCE).map(read));
    for (const reader of [READER, NOT_READ]) {
      const ofReader = some.filter((each) => each.reader === reader).map(({ image }) => image);
      for (let at = 0; at < ofReader.length; at += KEPT_AT_ONCE)
        yield { reader, images: ofReader.slice(at, at + KEPT_AT_ONCE) };
    }
  }
}

function readAs(
  { name, path, size, modifiedAt }: FoundImage,
  { folder, node, partition, at }: FoundIn,
  facts: ReturnType<typeof factsOf>,
  metadata: ImageMetadata | null,
): ReadImage {
  const seen = { folder, node, partition, lastScannedAt: at, active: true };
  return { image: { ...facts, name, path, otherPaths: [], size, modifiedAt, ...seen }, metadata };
}
