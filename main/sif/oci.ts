import type { OciConfig } from '../../shared/domain/image/metadata.ts';
import { IMAGE_LIMITS } from '../../shared/domain/image/metadataLimits.ts';
import { digestOf, OBJECT, type SifObject } from './descriptors.ts';
import { listOf, parsedRecord, plainText, recordOf } from './json.ts';
import { READ_LIMITS } from './limits.ts';
import { decoded } from './numbers.ts';
import type { ImageReader } from './source.ts';
import { cutTo } from './text.ts';

/** What the configuration of an OCI image says. Source: opencontainers/image-spec, config.md. */
export interface OciDescription {
  readonly config: OciConfig;
  readonly labels: Readonly<Record<string, unknown>>;
  /** As OCI calls it; null where it does not say. */
  readonly architecture: string | null;
}

/** An OCI image within a SIF file. */
export interface OciImage extends OciDescription {
  /** Its layers that are in the file, and their kinds as the manifest says. */
  readonly layers: readonly { readonly object: SifObject; readonly mediaType: string }[];
}

/** The blobs that may have to be read: the root index, and what is too small to be a layer. */
export function ociObjects(objects: readonly SifObject[]): SifObject[] {
  const index = objects.filter(({ type, inside }) => type === OBJECT.ociRootIndex && inside).slice(0, 1);
  const blobs = objects.filter(
    ({ type, inside, size }) => type === OBJECT.ociBlob && inside && size <= READ_LIMITS.smallBlob,
  );
  // written after the layers, so the last ones
  return [...index, ...blobs.slice(-READ_LIMITS.blobs)].filter(({ size }) => size <= READ_LIMITS.json);
}

/**
 * The image that the root index of an OCI-SIF leads to: index → manifest → configuration, each a blob known by its digest. `damaged` where a step
 * leads nowhere. Source: github.com/sylabs/sif, pkg/sif (types 0x400A and 0x400B); image-spec, image-index.md and manifest.md.
 */
export async function readOciImage(reader: ImageReader, objects: readonly SifObject[]): Promise<OciImage | 'damaged'> {
  const byDigest = new Map(
    objects.filter(({ type, inside }) => type === OBJECT.ociBlob && inside).map((blob) => [digestOf(blob), blob]),
  );
  const json = async (object: SifObject | undefined): Promise<Readonly<Record<string, unknown>> | null> =>
    object === undefined || !object.inside || object.size > READ_LIMITS.json
      ? null
      : parsedRecord(decoded(await reader.bytes(object.offset, object.size)));
  const blobOf = (descriptor: unknown): SifObject | undefined =>
    byDigest.get(plainText(recordOf(descriptor)?.['digest']) ?? '');

  const index = await json(objects.find(({ type }) => type === OBJECT.ociRootIndex));
  const manifests = listOf(index?.['manifests']);
  const chosen = manifests.map(blobOf).find((blob) => blob !== undefined);
  const manifest = await json(chosen);
  const config = await json(blobOf(manifest?.['config']));
  if (chosen === undefined || manifest === null || config === null) return 'damaged';
  const layers = listOf(manifest['layers']);
  const described = describeOci(config, digestOf(chosen), layers.length);
  return {
    ...described,
    labels: { ...(recordOf(manifest['annotations']) ?? {}), ...described.labels },
    layers: layers.slice(0, IMAGE_LIMITS.partitions).flatMap((layer) => {
      const object = blobOf(layer);
      return object === undefined ? [] : [{ object, mediaType: plainText(recordOf(layer)?.['mediaType']) ?? '' }];
    }),
  };
}

/** The configuration as JSON, of an OCI-SIF or of `oci-config.json` in a SIF that was built from an OCI image. */
export function describeOci(
  config: Readonly<Record<string, unknown>>,
  digest: string | null,
  layers: number,
): OciDescription {
  // older files hold the inner part alone
  const inner = recordOf(config['config']) ?? config;
  const text = (key: string): string | null => {
    const value = inner[key];
    return typeof value === 'string' && value !== '' ? cutTo(value, IMAGE_LIMITS.name) : null;
  };
  const texts = (key: string): string[] =>
    listOf(inner[key])
      .filter((each) => typeof each === 'string')
      .slice(0, IMAGE_LIMITS.arguments)
      .map((each) => cutTo(each, IMAGE_LIMITS.labelValue / 4));
  const architecture = config['architecture'];
  return {
    config: {
      digest,
      entrypoint: texts('Entrypoint'),
      cmd: texts('Cmd'),
      env: texts('Env'),
      workingDir: text('WorkingDir'),
      user: text('User'),
      layers: layers > 0 ? layers : listOf(recordOf(config['rootfs'])?.['diff_ids']).length,
    },
    labels: recordOf(inner['Labels']) ?? {},
    architecture: typeof architecture === 'string' && architecture !== '' ? cutTo(architecture, 64) : null,
  };
}
