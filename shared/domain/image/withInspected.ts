import type { ImageContents, ImageMetadata, UnknownPart } from './metadata.ts';
import { whyUnknown } from './unknown.ts';

/** What `apptainer inspect` said, as `main/sif` reads it. */
export interface Inspected {
  readonly contents: ImageContents;
  readonly unknown: readonly UnknownPart[];
}

/** The metadata of a file, completed with what `apptainer inspect` said: only what the file left open. */
export function withInspected(image: ImageMetadata, { contents, unknown }: Inspected): ImageMetadata {
  const isOpen = (field: UnknownPart['field']): boolean => whyUnknown(image, field) !== null;
  const labelled = isOpen('labels') ? { labels: contents.labels, labelSource: contents.labelSource } : {};
  const fields = (['definition', 'apps', 'environment', 'runscript', 'startscript', 'test', 'help'] as const).filter(
    isOpen,
  );
  return {
    ...image,
    ...labelled,
    ...Object.fromEntries(fields.map((field) => [field, contents[field]])),
    unknown: [
      ...image.unknown.filter(({ field }) => field === 'ociConfig' || field === 'signatures' || field === 'fileSystem'),
      ...unknown,
    ],
  };
}
