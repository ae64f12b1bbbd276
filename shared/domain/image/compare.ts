import type { ImageApp, ImageMetadata, ImageText, UnknownField } from './metadata.ts';
import type { ImageSummary } from './schema.ts';
import { whyUnknown } from './unknown.ts';

/** An image as it is compared: what lists show, and its metadata where it was read. */
export interface ComparedImage {
  readonly summary: ImageSummary;
  readonly metadata: ImageMetadata | null;
}

export interface ImageDifference {
  /** `size`, `labels.Version`, `environment.10-docker2singularity.sh`, `apps.python.runscript` … */
  readonly field: string;
  /** Null: it is not there, or not known (`unknown` names the fields for which it is the latter). */
  readonly left: string | null;
  readonly right: string | null;
}

export interface ImageComparison {
  readonly differences: ImageDifference[];
  /** Fields that both have, and alike. */
  readonly same: string[];
  /** Fields that are not known of one of them, so that nothing is said of them. */
  readonly unknown: string[];
}

type Fields = Map<string, string | null>;

const number = (value: number | null): string | null => (value === null ? null : String(value));
const text = (value: ImageText | null): string | null => value?.text ?? null;

function addTexts(fields: Fields, prefix: string, of: ImageMetadata | ImageApp): void {
  for (const part of ['runscript', 'startscript', 'test', 'help'] as const)
    fields.set(`${prefix}${part}`, text(of[part]));
  for (const [name, value] of Object.entries(of.labels)) fields.set(`${prefix}labels.${name}`, value);
  for (const { file, content } of of.environment) fields.set(`${prefix}environment.${file}`, content.text);
}

function fieldsOf({ summary, metadata }: ComparedImage): Fields {
  const fields: Fields = new Map<string, string | null>([
    ['size', number(summary.size)],
    ['modifiedAt', number(summary.modifiedAt)],
    ['uuid', summary.uuid],
    ['digest', summary.digest],
    ['createdAt', number(summary.createdAt)],
    ['kind', metadata === null ? null : summary.kind],
    ['type', summary.type],
    ['title', summary.title],
    ['version', summary.version],
    ['description', summary.description],
    ['architecture', summary.architecture === 'unknown' ? null : summary.architecture],
    ['gpu', summary.gpu.need === 'unknown' ? null : summary.gpu.need],
    ['mpi', summary.mpi],
    ['fileSystem', summary.fileSystem],
    ['signed', summary.signed === null ? null : String(summary.signed)],
    ['encrypted', metadata === null ? null : String(summary.encrypted)],
  ]);
  if (metadata === null) return fields;
  fields.set('sifVersion', metadata.sifVersion);
  fields.set('definition', text(metadata.definition));
  addTexts(fields, '', metadata);
  for (const app of metadata.apps) {
    fields.set(`apps.${app.name}`, app.name);
    addTexts(fields, `apps.${app.name}.`, app);
  }
  if (metadata.oci !== null) {
    const { digest, entrypoint, cmd, workingDir, user } = metadata.oci;
    fields.set('oci.digest', digest);
    fields.set('oci.entrypoint', entrypoint.join(' '));
    fields.set('oci.cmd', cmd.join(' '));
    fields.set('oci.workingDir', workingDir);
    fields.set('oci.user', user);
  }
  return fields;
}

/** Fields of an image by the part of its metadata that they are read from; others are named as their part is. */
const READ_FROM: Readonly<Record<string, UnknownField>> = {
  title: 'labels',
  version: 'labels',
  description: 'labels',
  mpi: 'labels',
  signed: 'signatures',
  oci: 'ociConfig',
};

/** Whether nothing can be said of a field of this image, which lacks it. */
function isUnknown({ summary, metadata }: ComparedImage, field: string): boolean {
  const part = field.split('.')[0] ?? field;
  if (part === 'digest') return summary.digest === null;
  if (part === 'architecture') return summary.architecture === 'unknown';
  if (part === 'gpu') return summary.gpu.need === 'unknown';
  if (metadata === null) return !['size', 'modifiedAt', 'type'].includes(part);
  return whyUnknown(metadata, READ_FROM[part] ?? (part as UnknownField)) !== null;
}

/**
 * What is different between two images, field by field in the order of their names. What is not known of one of them is no difference, and not
 * alike: it is `unknown`. Pure.
 */
export function compareImages(left: ComparedImage, right: ComparedImage): ImageComparison {
  const [one, other] = [fieldsOf(left), fieldsOf(right)];
  const comparison: ImageComparison = { differences: [], same: [], unknown: [] };
  for (const field of [...new Set([...one.keys(), ...other.keys()])].sort()) {
    const [a, b] = [one.get(field) ?? null, other.get(field) ?? null];
    const open = (a === null && isUnknown(left, field)) || (b === null && isUnknown(right, field));
    if (open) comparison.unknown.push(field);
    else if (a !== b) comparison.differences.push({ field, left: a, right: b });
    else if (a !== null) comparison.same.push(field);
  }
  return comparison;
}
