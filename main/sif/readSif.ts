import type {
  FileSystem,
  ImageMetadata,
  ImageSignature,
  UnknownPart,
  UnknownReason,
} from '../../shared/domain/image/metadata.ts';
import { IMAGE_LIMITS } from '../../shared/domain/image/metadataLimits.ts';
import { contentsOfAttributes, emptyContents, labelsOf, type FoundContents } from './contents.ts';
import { OBJECT, partitionOf, readDescriptors, signatureOf, type Partition, type SifObject } from './descriptors.ts';
import { architectureNamed, architectureOf, parseHeader } from './header.ts';
import { parsedRecord, recordOf } from './json.ts';
import { READ_LIMITS } from './limits.ts';
import { decoded } from './numbers.ts';
import { describeOci, ociObjects, readOciImage, type OciDescription, type OciImage } from './oci.ts';
import type { ImageReader, Range } from './source.ts';
import { contentsInside } from './squashfs/contentsInside.ts';
import { SUPERBLOCK_SIZE, parseSuperblock } from './squashfs/superblock.ts';
import { TextBudget } from './text.ts';

/** Names that Apptainer gives to its JSON objects. Source: apptainer, pkg/image/sif.go. */
const RECORD_NAME = 'inspect-metadata.json';
const OCI_CONFIG_NAME = 'oci-config.json';

/**
 * A SIF file: the header and the table of objects in the first read; the records, the beginning of the root file system and of signatures in a second one.
 * What cannot be understood is left open (`unknown`), and the rest is read. Errors: IMAGE_NOT_SIF, IMAGE_DAMAGED, IMAGE_TOO_MUCH for header and
 * table; those of the source.
 */
export async function readSif(
  reader: ImageReader,
  beginning: Uint8Array,
  insideFileSystem: boolean,
): Promise<ImageMetadata> {
  const header = parseHeader(beginning, reader.size);
  const objects = await readDescriptors(reader, header);
  const found = choose(objects);
  await reader.prefetch(rangesOf(found, objects));

  const unknown: UnknownPart[] = [];
  const isOci = objects.some(({ type }) => type === OBJECT.ociRootIndex);
  const image = isOci ? await readOciImage(reader, objects) : null;
  if (image === 'damaged') unknown.push({ field: 'ociConfig', why: 'damaged' });
  const oci: OciDescription | null =
    image === 'damaged' ? null : (image ?? (await recordedOci(reader, found.ociConfig)));
  const root = found.root === null ? squashedLayer(reader, image) : await fileSystemOf(reader, found.root, unknown);
  const inRecord = await contentsOf(reader, found, oci, isOci, { root, insideFileSystem, unknown });
  const codes = [header.architectureCode, found.root?.architectureCode ?? '00'];
  const byCode = codes.map(architectureOf).find((each) => each !== 'unknown') ?? 'unknown';
  const code = byCode === 'unknown' && oci?.architecture != null ? oci.architecture : header.architectureCode;
  const architecture = byCode === 'unknown' ? architectureNamed(code) : byCode;
  return {
    ...inRecord,
    kind: isOci ? 'oci-sif' : 'sif',
    size: reader.size,
    sifVersion: header.version,
    uuid: header.uuid,
    createdAt: header.createdAt,
    modifiedAt: header.modifiedAt,
    architecture,
    architectureCode: architecture === 'unknown' ? code : null,
    rootFileSystem: root,
    overlays: found.overlays.map(({ type, encrypted, object }) => ({
      type,
      compression: null,
      encrypted,
      size: object.size,
    })),
    oci: oci?.config ?? null,
    signatures: await signaturesOf(reader, found.signatures),
    encrypted: found.partitions.some(({ encrypted }) => encrypted),
    unknown,
  };
}

/** Which objects are read of those that there may be many of. */
interface Chosen {
  readonly record: SifObject | null;
  readonly ociConfig: SifObject | null;
  readonly definition: SifObject | null;
  readonly labels: SifObject | null;
  readonly partitions: readonly Partition[];
  readonly root: Partition | null;
  readonly overlays: readonly Partition[];
  readonly signatures: readonly SifObject[];
}

function choose(objects: readonly SifObject[]): Chosen {
  const first = (...types: number[]): SifObject | null => objects.find(({ type }) => types.includes(type)) ?? null;
  const json = objects.filter(({ type }) => type === OBJECT.genericJson);
  const partitions = objects.filter(({ type }) => type === OBJECT.partition).map(partitionOf);
  return {
    record: json.find(({ name }) => name === RECORD_NAME) ?? null,
    ociConfig: json.find(({ name }) => name === OCI_CONFIG_NAME) ?? null,
    definition: first(OBJECT.definition),
    labels: first(OBJECT.labels),
    partitions,
    root: partitions.find(({ use }) => use === 'primary') ?? null,
    overlays: partitions.filter(({ use }) => use === 'overlay').slice(0, IMAGE_LIMITS.partitions),
    signatures: objects.filter(({ type }) => type === OBJECT.signature).slice(0, IMAGE_LIMITS.signatures),
  };
}

/** What is read of these objects: pieces of the file, none larger than its kind may be. */
function rangesOf(found: Chosen, objects: readonly SifObject[]): Range[] {
  const whole = (object: SifObject | null, most: number): Range[] =>
    object?.inside === true && object.size <= most ? [{ offset: object.offset, length: object.size }] : [];
  const beginningOf = (object: SifObject | null, length: number): Range[] =>
    object?.inside === true ? [{ offset: object.offset, length: Math.min(length, object.size) }] : [];
  return [
    ...whole(found.record, READ_LIMITS.json),
    ...whole(found.ociConfig, READ_LIMITS.json),
    ...beginningOf(found.definition, READ_LIMITS.text),
    ...whole(found.labels, READ_LIMITS.text),
    ...(found.root?.type === 'squashfs' && !found.root.encrypted
      ? beginningOf(found.root.object, SUPERBLOCK_SIZE)
      : []),
    // one after the other at the end of the file, all signed alike: the first tells
    ...beginningOf(
      found.signatures.find((each) => signatureOf(each).kind === 'unknown') ?? null,
      READ_LIMITS.signature,
    ),
    ...ociObjects(objects).map(({ offset, size }) => ({ offset, length: size })),
  ];
}

async function fileSystemOf(
  reader: ImageReader,
  { type, encrypted, object }: Partition,
  unknown: UnknownPart[],
): Promise<FileSystem> {
  const plain: FileSystem = { type, compression: null, encrypted, size: object.size };
  if (!object.inside) {
    unknown.push({ field: 'fileSystem', why: 'damaged' });
    return { ...plain, size: Math.max(0, object.size) || 0 };
  }
  if (type !== 'squashfs' || encrypted) return plain;
  if (object.size >= SUPERBLOCK_SIZE) {
    const superblock = parseSuperblock(await reader.bytes(object.offset, SUPERBLOCK_SIZE));
    if (superblock !== null) return { ...plain, compression: superblock.compression };
  }
  unknown.push({ field: 'fileSystem', why: 'damaged' });
  return plain;
}

/** The one layer that an OCI-SIF mounts as its root. How it is compressed is said where its beginning was read with the table. */
function squashedLayer(reader: ImageReader, image: OciImage | 'damaged' | null): FileSystem | null {
  const layer = image === null || image === 'damaged' ? undefined : image.layers[0];
  if (layer?.mediaType.includes('squashfs') !== true) return null;
  const beginning = reader.known(layer.object.offset, SUPERBLOCK_SIZE);
  const superblock = beginning === null ? null : parseSuperblock(beginning);
  return { type: 'squashfs', compression: superblock?.compression ?? null, encrypted: false, size: layer.object.size };
}

async function recordedOci(reader: ImageReader, object: SifObject | null): Promise<OciDescription | null> {
  const json = await jsonOf(reader, object);
  return json === null || typeof json === 'string' ? null : describeOci(json, null, 0);
}

/** The record of a JSON object of the file; why it is none, or null where there is no such object. */
async function jsonOf(
  reader: ImageReader,
  object: SifObject | null,
): Promise<Readonly<Record<string, unknown>> | Extract<UnknownReason, 'tooLarge' | 'damaged'> | null> {
  if (object === null) return null;
  if (!object.inside) return 'damaged';
  if (object.size > READ_LIMITS.json) return 'tooLarge';
  return parsedRecord(decoded(await reader.bytes(object.offset, object.size))) ?? 'damaged';
}

interface Where {
  readonly root: FileSystem | null;
  readonly insideFileSystem: boolean;
  readonly unknown: UnknownPart[];
}

/**
 * Contents from the inspection record; without one, from inside the file system. The objects for definition and labels stand in where those have
 * none: the record has had no definition before Apptainer 1.0.3.
 */
async function contentsOf(
  reader: ImageReader,
  found: Chosen,
  oci: OciDescription | null,
  isOci: boolean,
  { root, insideFileSystem, unknown }: Where,
): Promise<FoundContents['contents']> {
  const record = await jsonOf(reader, found.record);
  const attributes = typeof record === 'string' ? null : recordOf(recordOf(record?.['data'])?.['attributes']);
  let from: FoundContents;
  if (attributes !== null) from = contentsOfAttributes(attributes, 'inspection');
  else if (isOci) from = { contents: emptyContents(), unknown: [] };
  else {
    const why = typeof record === 'string' ? record : record === null ? 'notRecorded' : 'damaged';
    from = await contentsInside(reader, { root, region: found.root?.object ?? null, look: insideFileSystem, why });
  }
  unknown.push(...from.unknown);
  const { contents } = from;
  const labelled = contents.labelSource === null ? await otherLabels(reader, found.labels, oci, unknown) : null;
  return {
    ...contents,
    ...(labelled ?? {}),
    definition: contents.definition ?? (await definitionOf(reader, found.definition, unknown)),
  };
}

async function definitionOf(
  reader: ImageReader,
  object: SifObject | null,
  unknown: UnknownPart[],
): Promise<FoundContents['contents']['definition']> {
  if (object === null || object.size === 0) return null;
  if (!object.inside) {
    unknown.push({ field: 'definition', why: 'damaged' });
    return null;
  }
  const length = Math.min(object.size, READ_LIMITS.text);
  const bytes = await reader.bytes(object.offset, length);
  return new TextBudget().bytes(bytes, IMAGE_LIMITS.definition, length < object.size);
}

async function otherLabels(
  reader: ImageReader,
  object: SifObject | null,
  oci: OciDescription | null,
  unknown: UnknownPart[],
): Promise<Pick<FoundContents['contents'], 'labels' | 'labelSource'> | null> {
  const given = await givenLabels(reader, object, unknown);
  for (const [value, labelSource] of [[given, 'labelsObject'] as const, [oci?.labels, 'ociConfig'] as const]) {
    const { labels, cut } = labelsOf(value, new TextBudget());
    if (cut) unknown.push({ field: 'labels', why: 'tooLarge' });
    if (Object.keys(labels).length > 0) return { labels, labelSource };
  }
  return null;
}

async function givenLabels(
  reader: ImageReader,
  object: SifObject | null,
  unknown: UnknownPart[],
): Promise<string | null> {
  if (object === null) return null;
  if (object.inside && object.size <= READ_LIMITS.text) return decoded(await reader.bytes(object.offset, object.size));
  unknown.push({ field: 'labels', why: object.inside ? 'tooLarge' : 'damaged' });
  return null;
}

/** Signatures with their kinds: what names no PGP key is told by how it begins. Source: github.com/apptainer/sif, pkg/integrity. */
async function signaturesOf(reader: ImageReader, objects: readonly SifObject[]): Promise<ImageSignature[]> {
  let kind: ImageSignature['kind'] = 'unknown';
  const unnamed = objects.find((object) => signatureOf(object).kind === 'unknown');
  if (unnamed?.inside === true) {
    const beginning = decoded(await reader.bytes(unnamed.offset, Math.min(unnamed.size, READ_LIMITS.signature)));
    if (beginning.startsWith('-----BEGIN PGP')) kind = 'pgp';
    else if (/^\s*\{\s*"(payload|payloadType|signatures)"/.test(beginning)) kind = 'dsse';
  }
  return objects
    .map(signatureOf)
    .map((signature) => (signature.kind === 'unknown' ? { ...signature, kind } : signature));
}
