import { OBJECT } from '../descriptors.ts';
import { partitionExtra, type WrittenObject } from '../write/sif.ts';

const text = (value: string): Buffer => Buffer.from(value);

/** What `apptainer build` writes of an image, with these attributes. */
export const record = (attributes: object): WrittenObject => ({
  type: OBJECT.genericJson,
  name: 'inspect-metadata.json',
  data: text(JSON.stringify({ data: { attributes }, type: 'container' })),
});

export const definition = (content: string): WrittenObject => ({ type: OBJECT.definition, data: text(content) });

/** The root file system; SquashFS (1) if it does not say another. */
export const root = (data: Uint8Array, size = data.length, fileSystem = 1, architecture = '02'): WrittenObject => ({
  type: OBJECT.partition,
  data,
  size,
  extra: partitionExtra(fileSystem, 2, architecture),
});

export const object = (
  type: number,
  content: string | Uint8Array,
  more: Partial<WrittenObject> = {},
): WrittenObject => ({
  type,
  data: Buffer.from(content as Uint8Array),
  ...more,
});
