import { assertNever } from '../../lib/assertNever.ts';
import { both, message, type Message } from '../../messages/message.ts';
import type { ImageMetadata, UnknownField, UnknownPart } from './metadata.ts';

/** The fields that `contents` stands for. */
const CONTENTS: readonly UnknownField[] = [
  'labels',
  'definition',
  'apps',
  'environment',
  'runscript',
  'startscript',
  'test',
  'help',
];

/** Why a field is not known, or null where what stands there (nothing, too) is what the image says. */
export function whyUnknown(image: ImageMetadata, field: UnknownField): UnknownPart | null {
  const own = image.unknown.find((part) => part.field === field);
  if (own !== undefined) return own;
  const all = image.unknown.find((part) => part.field === 'contents');
  if (all === undefined || !CONTENTS.includes(field)) return null;
  const { [field as keyof ImageMetadata]: value } = image;
  const isEmpty = typeof value !== 'object' || value === null || Object.keys(value).length === 0;
  return isEmpty ? all : null;
}

/** True where `apptainer inspect` on the cluster can tell what the file did not. */
export function canInspect({ why }: UnknownPart): boolean {
  return why !== 'encrypted' && why !== 'tooLarge';
}

/** Why a part is not known, as a sentence; with the offer of `apptainer inspect` where that can tell it. */
export function unknownMessage(part: UnknownPart, image: Pick<ImageMetadata, 'rootFileSystem'>): Message {
  const reason = reasonOf(part, image);
  return canInspect(part) ? both(reason, message('images.askInspect')) : reason;
}

function reasonOf({ why }: UnknownPart, { rootFileSystem }: Pick<ImageMetadata, 'rootFileSystem'>): Message {
  switch (why) {
    case 'unreadableCompression':
      return message('images.unknown.unreadableCompression', { compression: rootFileSystem?.compression ?? '?' });
    case 'unreadableFileSystem':
      return message('images.unknown.unreadableFileSystem');
    case 'encrypted':
      return message('images.unknown.encrypted');
    case 'notLookedInside':
      return message('images.unknown.notLookedInside');
    case 'tooLarge':
      return message('images.unknown.tooLarge');
    case 'damaged':
      return message('images.unknown.damaged');
    case 'notRecorded':
      return message('images.unknown.notRecorded');
    default:
      return assertNever(why);
  }
}
