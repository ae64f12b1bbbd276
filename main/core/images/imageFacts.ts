import { gpuNeed } from '../../../shared/domain/image/gpuNeed.ts';
import { imageType } from '../../../shared/domain/image/imageType.ts';
import { descriptionOf, titleOf, versionOf } from '../../../shared/domain/image/labels.ts';
import type { FileSystem, ImageKind, ImageMetadata } from '../../../shared/domain/image/metadata.ts';
import { mpiOf } from '../../../shared/domain/image/mpi.ts';
import { LISTED_LABELS, type ImageFacts } from '../../../shared/domain/image/schema.ts';
import { whyUnknown } from '../../../shared/domain/image/unknown.ts';
import type { Message } from '../../../shared/messages/message.ts';
import type { FoundImage } from './findImages.ts';

/** Characters of a title, version or description in a list. */
const SHOWN = 500;

/** What lists show of an image, of all that was read of it. */
export function factsOf(path: string, metadata: ImageMetadata): ImageFacts {
  const mpi = mpiOf(metadata);
  return {
    kind: metadata.kind,
    type: imageType(path, metadata),
    title: shown(titleOf(metadata)),
    version: shown(versionOf(metadata)),
    description: shown(descriptionOf(metadata)),
    architecture: metadata.architecture,
    gpu: gpuNeed(metadata),
    mpi: mpi === null ? null : [mpi.flavour, mpi.version ?? ''].join(' ').trim(),
    apps: metadata.apps.map(({ name }) => name),
    labels: Object.fromEntries(
      Object.entries(metadata.labels)
        .slice(0, LISTED_LABELS.count)
        .map(([name, value]) => [name, value.slice(0, LISTED_LABELS.characters)]),
    ),
    signed: whyUnknown(metadata, 'signatures') === null ? metadata.signatures.length > 0 : null,
    encrypted: metadata.encrypted,
    fileSystem: fileSystemWords(metadata.rootFileSystem),
    uuid: metadata.uuid,
    createdAt: metadata.createdAt,
    problem: null,
  };
}

const shown = (text: string | null): string | null => text?.slice(0, SHOWN) ?? null;

const fileSystemWords = (root: FileSystem | null): string | null =>
  root === null || root.type === 'unknown' ? null : [root.type, root.compression ?? ''].join(' ').trim();

/** What the name of a file promises. */
function kindByName({ name, sandbox }: Pick<FoundImage, 'name' | 'sandbox'>): ImageKind {
  if (sandbox) return 'sandbox';
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return ending === 'sif' ? 'sif' : ending === 'img' ? 'ext3' : 'squashfs';
}

/** Of an image that could not be read: nothing is known but its name, and why. */
export function unreadFacts(found: FoundImage, problem: Message): ImageFacts {
  return {
    kind: kindByName(found),
    type: imageType(found.path, null),
    title: null,
    version: null,
    description: null,
    architecture: 'unknown',
    gpu: { need: 'unknown', evidence: [] },
    mpi: null,
    apps: [],
    labels: {},
    signed: null,
    encrypted: false,
    fileSystem: null,
    uuid: null,
    createdAt: null,
    problem,
  };
}
