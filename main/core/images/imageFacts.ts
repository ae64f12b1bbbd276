import type { ImageFacts } from '../../../shared/domain/image/schema.ts';
import type { ImageKind } from '../../../shared/domain/image/metadata.ts';
import type { Message } from '../../../shared/messages/message.ts';
import type { FoundImage } from './findImages.ts';

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
    type: 'custom',
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
