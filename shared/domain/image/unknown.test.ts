import { describe, expect, it } from 'vitest';
import { inWords, say } from '../../messages/catalogue.ts';
import type { ImageMetadata, UnknownPart } from './metadata.ts';
import { someMetadata } from './testing/someMetadata.ts';
import { unknownMessage, whyUnknown } from './unknown.ts';

describe('what an image leaves open', () => {
  const image: ImageMetadata = someMetadata({
    labels: { a: 'b' },
    unknown: [
      { field: 'contents', why: 'unreadableCompression' },
      { field: 'labels', why: 'tooLarge' },
    ],
    rootFileSystem: { type: 'squashfs', compression: 'lzo', encrypted: false, size: 1 },
  });

  it('is a field that is named, or one of the contents that is empty', () => {
    expect(whyUnknown(image, 'labels')).toEqual({ field: 'labels', why: 'tooLarge' });
    expect(whyUnknown(image, 'runscript')).toEqual({ field: 'contents', why: 'unreadableCompression' });
    expect(whyUnknown(image, 'apps')).toEqual({ field: 'contents', why: 'unreadableCompression' });
    expect(whyUnknown(image, 'ociConfig')).toBeNull();
    expect(whyUnknown(someMetadata({}), 'runscript')).toBeNull();
    const inside = someMetadata({ help: { text: 'x', cut: false }, unknown: image.unknown });
    expect(whyUnknown(inside, 'help')).toBeNull();
  });

  it('has a sentence, with the way to know it where there is one', () => {
    const part = (why: UnknownPart['why']): UnknownPart => ({ field: 'contents', why });
    expect(inWords(unknownMessage(part('unreadableCompression'), image))).toBe(
      'The image keeps this only inside its file system, which is compressed with lzo. Slipway cannot read that. `apptainer inspect` on the cluster can tell it.',
    );
    expect(inWords(unknownMessage(part('encrypted'), image))).toBe('The image is encrypted.');
    expect(say('ko', unknownMessage(part('notRecorded'), image))).toBe(
      '이미지에 적혀 있지 않습니다. 클러스터에서 `apptainer inspect`로 알 수 있습니다.',
    );
  });
});
