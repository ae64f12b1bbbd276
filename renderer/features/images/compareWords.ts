/** The fields of a comparison (`shared/domain/image/compare.ts`) as people call them, and their values as people read them. */
import { plain, plainLine } from '../../../shared/lib/plain.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { t, type TextKey } from '../../i18n/index.ts';
import { exactTime, formatCount } from '../../ui/times.ts';

const NAMES: Readonly<Record<string, TextKey>> = {
  title: 'images.fact.title',
  version: 'images.columns.version',
  description: 'images.fact.description',
  type: 'images.columns.type',
  architecture: 'images.columns.architecture',
  gpu: 'images.columns.gpu',
  mpi: 'images.fact.mpi',
  size: 'images.columns.size',
  createdAt: 'images.fact.created',
  modifiedAt: 'images.fact.modified',
  uuid: 'images.fact.uuid',
  digest: 'images.columns.digest',
  kind: 'images.fact.kind',
  sifVersion: 'images.fact.sifVersion',
  fileSystem: 'images.fact.fileSystem',
  signed: 'images.columns.signed',
  encrypted: 'images.fact.encrypted',
};
const TEXTS: Readonly<Record<string, TextKey>> = {
  definition: 'images.part.definition',
  runscript: 'images.part.runscript',
  startscript: 'images.part.startscript',
  test: 'images.part.test',
  help: 'images.part.help',
};

/** Fields of which the first part says what they are, and the rest which one. */
const FAMILIES: Readonly<Record<string, TextKey>> = {
  labels: 'images.compare.label',
  environment: 'images.compare.environment',
  apps: 'images.compare.app',
  oci: 'images.compare.oci',
};

/** `labels.Version` → `Label Version`. A field that only a newer core knows keeps its name. */
export function fieldName(field: string): string {
  const dot = field.indexOf('.');
  const family = dot < 0 ? undefined : FAMILIES[field.slice(0, dot)];
  if (family !== undefined) return t(family, { name: plainLine(field.slice(dot + 1)) });
  const name = NAMES[field] ?? TEXTS[field];
  return name === undefined ? plainLine(field) : t(name);
}

const ORDER = [NAMES, FAMILIES, TEXTS].flatMap((names) => Object.keys(names));

/** What tells two images apart at a glance comes first, then labels, environment and apps, then the long texts. Keeps the order within these. */
export function inReadingOrder<T>(items: readonly T[], fieldOf: (item: T) => string): T[] {
  const rank = (item: T): number => {
    const at = ORDER.indexOf(fieldOf(item).split('.')[0] ?? '');
    return at < 0 ? ORDER.length : at;
  };
  return [...items].sort((a, b) => rank(a) - rank(b));
}

const TYPES: Readonly<Record<string, TextKey>> = {
  viz: 'images.types.viz',
  compute: 'images.types.compute',
  custom: 'images.types.custom',
};
const GPU_NEEDS: Readonly<Record<string, TextKey>> = {
  cuda: 'images.gpuChoices.cuda',
  rocm: 'images.gpuChoices.rocm',
  none: 'images.gpuChoices.none',
};
const YES_NO: Readonly<Record<string, TextKey>> = { true: 'images.signedWords.yes', false: 'images.signedWords.no' };

const KNOWN_VALUES: Readonly<Record<string, Readonly<Record<string, TextKey>>>> = {
  type: TYPES,
  gpu: GPU_NEEDS,
  signed: YES_NO,
  encrypted: YES_NO,
};

/** What the core wrote for programs, for people: bytes with their unit, seconds as a time, words in the language of the window. */
export function fieldValue(field: string, value: string): string {
  const amount = Number(value);
  if (field === 'size') return `${formatBytes(amount)} (${formatCount(amount)} B)`;
  if (field === 'modifiedAt' || field === 'createdAt') return exactTime(amount * 1000);
  const known = KNOWN_VALUES[field]?.[value];
  return known === undefined ? plain(value) : t(known);
}
