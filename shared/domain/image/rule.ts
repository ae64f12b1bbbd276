/** What a template’s image rule lets through: the one answer for the form, the checks, “Will it run here?” and the command line. */
import { editDistance } from '../../lib/editDistance.ts';
import { matchGlob } from '../../lib/glob.ts';
import { message, type Message } from '../../messages/message.ts';
import type { ImageRule } from '../template/schema.ts';
import { imageName, imageStem, isCalled, readImageWish, versionInName } from './names.ts';

export { imageName } from './names.ts';

type Rule = Pick<ImageRule, 'mode' | 'allowedImages'> & Partial<Pick<ImageRule, 'partition'>>;

/** What the rule looks at of an image. What is absent or null is not known; of an image that nobody has listed, that is all but the name. */
export interface RuledImage {
  readonly name: string;
  /** Further paths of the same file, by links: it may be called by these too. */
  readonly otherPaths?: readonly string[];
  /** The folder that it was found in. */
  readonly folder?: string;
  /** Of the compute node on which it was seen. */
  readonly partition?: string | null;
  readonly type?: string;
  readonly version?: string | null;
  /** SHA-256, in hexadecimal. */
  readonly digest?: string | null;
  /** False: it was there once and is no more. */
  readonly active?: boolean;
}

/** `unsure`: the rule asks for something that is not known of the image. It may be used; the reason says what is not known. */
export type ImageVerdict = { readonly kind: 'fits' } | { readonly kind: 'unsure' | 'out'; readonly reason: Message };

const FITS: ImageVerdict = { kind: 'fits' };
const out = (reason: Message): ImageVerdict => ({ kind: 'out', reason });
const unsure = (reason: Message): ImageVerdict => ({ kind: 'unsure', reason });

/** Words that are types of images as well as names of partitions. */
const TYPES = new Set(['viz', 'compute']);

/** One image against one entry of `allowed_images`. */
function judgeWish(text: string, image: RuledImage): ImageVerdict {
  // sites let a name without a version lead to the file that has one
  const others = (image.otherPaths ?? []).map((path) => judgeName(text, { ...image, name: imageName(path) }));
  return others.reduce(better, judgeName(text, image));
}

function judgeName(text: string, image: RuledImage): ImageVerdict {
  // a file may be called like that to the letter, with a colon in its name
  if (text === image.name) return FITS;
  const { name, version, digest } = readImageWish(text);
  const called = name === null || isCalled(name, image.name);
  const inName = name === null || version === null ? null : versionInName(name, image.name);
  if (!called && inName === null) {
    const isOtherCase = isCalled(name.toLowerCase(), image.name.toLowerCase());
    return out(
      isOtherCase ? message('imageRule.otherCase', { name: text }) : message('imageRule.otherName', { name: text }),
    );
  }
  if (version !== null) {
    const told = [inName, image.version].filter((each) => each != null);
    if (told.length === 0) return unsure(message('imageRule.versionUnknown', { wanted: version }));
    if (!told.some((each) => matchGlob(version, each)))
      return out(message('imageRule.otherVersion', { version: told[0] ?? '', wanted: version }));
  }
  if (digest === null) return FITS;
  if (image.digest == null) {
    const unknown = message('imageRule.digestUnknown');
    // by its digest alone any image could be meant
    return name === null ? out(unknown) : unsure(unknown);
  }
  return image.digest.toLowerCase().startsWith(digest) ? FITS : out(message('imageRule.otherDigest'));
}

/**
 * Whether an image belongs to the partition. One that was seen on a compute node belongs to the partition of that; of one that the login node shows,
 * the folder says it (`…/images/viz`), or nobody does.
 */
function judgePartition(partition: string, image: RuledImage): ImageVerdict {
  if (image.partition != null)
    return image.partition === partition
      ? FITS
      : out(message('imageRule.otherPartition', { there: image.partition, wanted: partition }));
  if (image.folder !== undefined && image.folder.split('/').includes(partition)) return FITS;
  if (!TYPES.has(partition)) return unsure(message('imageRule.partitionUnknown', { wanted: partition }));
  const told = image.type !== undefined && TYPES.has(image.type) ? image.type : otherType(image.folder, partition);
  if (told === undefined) return unsure(message('imageRule.partitionUnknown', { wanted: partition }));
  return told === partition ? FITS : out(message('imageRule.otherPartition', { there: told, wanted: partition }));
}

const otherType = (folder: string | undefined, partition: string): string | undefined =>
  folder?.split('/').find((part) => TYPES.has(part) && part !== partition);

const RANK = { out: 0, unsure: 1, fits: 2 } as const;

/** The best of several verdicts: an image is let through by the entry that suits it most. */
const better = (a: ImageVerdict, b: ImageVerdict): ImageVerdict => (RANK[b.kind] > RANK[a.kind] ? b : a);

/**
 * What the rule says of one image. `partition`: where the job goes, for a rule that names none itself. A template without a container lets
 * through all, since a person may choose one for any job.
 */
export function judgeImage(rule: Rule, image: RuledImage, partition: string | null = null): ImageVerdict {
  if (rule.mode === 'none') return FITS;
  const named =
    rule.allowedImages.length === 0
      ? FITS
      : rule.allowedImages.map((wanted) => judgeWish(wanted, image)).reduce((best, each) => better(best, each));
  if (named.kind === 'out' || rule.mode !== 'partition') return named;
  const wanted = rule.partition ?? partition;
  const belongs = wanted === null ? FITS : judgePartition(wanted, image);
  return RANK[belongs.kind] < RANK[named.kind] ? belongs : named;
}

/** True when the rule lets an image of this file name, and of which else is known, be used. */
export function allowsImage(rule: Rule, image: string | RuledImage, partition: string | null = null): boolean {
  return judgeImage(rule, typeof image === 'string' ? { name: image } : image, partition).kind !== 'out';
}

/**
 * Those of the images that are there and that the rule lets through. Where some are known to belong to its partition, those of which nobody knows
 * it are left out.
 */
export function allowedAmong<T extends RuledImage>(
  rule: Rule,
  images: readonly T[],
  partition: string | null = null,
): T[] {
  const judged = images
    .filter(({ active }) => active !== false)
    .map((image) => ({ image, verdict: judgeImage(rule, image, partition) }));
  const isSure = rule.mode === 'partition' && judged.some(({ verdict }) => verdict.kind === 'fits');
  return judged
    .filter(({ verdict }) => (isSure ? verdict.kind === 'fits' : verdict.kind !== 'out'))
    .map(({ image }) => image);
}

/**
 * The SHA-256, or its beginning, that the rule asks of an image of which it is not known: whoever runs the image has to compare it. Null where
 * the rule asks for none, or it is known already.
 */
export function digestToVerify({ mode, allowedImages }: Rule, image: RuledImage): string | null {
  if (mode === 'none' || image.digest != null) return null;
  const fitting = allowedImages.filter((wanted) => judgeWish(wanted, image).kind !== 'out');
  const digests = fitting.map((wanted) => (wanted === image.name ? null : readImageWish(wanted).digest));
  return digests.includes(null) ? null : (digests[0] ?? null);
}

/** Entries of the rule that no image fits. */
export function missingAmong({ mode, allowedImages }: Rule, images: readonly RuledImage[]): string[] {
  const there = images.filter(({ active }) => active !== false);
  return mode === 'none'
    ? []
    : allowedImages.filter((wanted) => !there.some((image) => judgeWish(wanted, image).kind !== 'out'));
}

/**
 * The image to begin with where nobody has chosen: of a template with a fixed image, the one that its first entry with any names; else the only
 * one there is. Null leaves the choice to the person, also between two images of one name.
 */
export function impliedImage<T extends RuledImage>(
  rule: Rule,
  images: readonly T[],
  partition: string | null = null,
): T | null {
  if (rule.mode === 'none') return null;
  const allowed = allowedAmong(rule, images, partition);
  if (rule.mode === 'fixed')
    for (const wanted of rule.allowedImages) {
      const named = allowed.filter((image) => judgeWish(wanted, image).kind !== 'out');
      const [first, ...others] = preferred(wanted, named);
      if (first !== undefined) return others.length === 0 ? first : null;
    }
  return allowed.length === 1 ? (allowed[0] ?? null) : null;
}

/** Of images that an entry lets through, those that are called so to the letter, where there are any. */
function preferred<T extends RuledImage>(wanted: string, images: readonly T[]): readonly T[] {
  const exact = images.filter(({ name }) => name === wanted);
  return exact.length > 0 ? exact : images;
}

/** Images of which a person named one: by path, or by whatever a template may say. All that it may mean, the letter before the rest. */
export function imagesCalled<T extends RuledImage & { readonly path: string }>(
  text: string,
  images: readonly T[],
): T[] {
  const there = images.filter(({ active }) => active !== false);
  const byPath = there.filter(({ path, otherPaths = [] }) => path === text || otherPaths.includes(text));
  if (byPath.length > 0) return byPath;
  return [
    ...preferred(
      text,
      there.filter((image) => judgeWish(text, image).kind !== 'out'),
    ),
  ];
}

/** An image that the rule does not let through, and why. */
export interface NearImage<T> {
  readonly image: T;
  readonly reason: Message;
}

/** Where nothing fits: the images with the nearest names, at most three, and why each is out. */
export function nearestImages<T extends RuledImage>(
  rule: Rule,
  images: readonly T[],
  partition: string | null = null,
): NearImage<T>[] {
  const wanted = rule.allowedImages.map((text) => readImageWish(text).name ?? '');
  return images
    .flatMap((image) => {
      const verdict: ImageVerdict =
        image.active === false ? out(message('imageRule.vanished')) : judgeImage(rule, image, partition);
      if (verdict.kind === 'fits') return [];
      const own = nameWords(image.name);
      const slips =
        wanted.length === 0
          ? 0
          : Math.min(...wanted.map((each) => apart(nameWords(each), own) + (isCalled(each, image.name) ? 0 : 0.5)));
      return slips > Math.max(2, own.length / 2) ? [] : [{ image, reason: verdict.reason, slips }];
    })
    .sort((a, b) => a.slips - b.slips || (a.image.name < b.image.name ? -1 : 1))
    .slice(0, 3)
    .map(({ image, reason }) => ({ image, reason }));
}

/** The nearest images in one sentence each: `a.sif: reason`. Null for none. */
export function nearestWords<T extends RuledImage>(near: readonly NearImage<T>[]): Message | null {
  const said = near.map(({ image, reason }) => message('imageRule.near', { image: image.name, reason }));
  return said.length === 0 ? null : said.reduce((first, second) => message('words.both', { first, second }));
}

/** A name as far as it counts for likeness: `PyTorch-CUDA.sif` and `pytorch_cuda` are alike. Long ones are cut: the work grows with the square. */
const nameWords = (name: string): string =>
  imageStem(imageName(name))
    .toLowerCase()
    .replaceAll(/[-_.*\s]/g, '')
    .slice(0, 64);

/** A name that begins like the other is near, whatever version follows. */
function apart(a: string, b: string): number {
  if (a === b) return 0;
  return a !== '' && b !== '' && (b.startsWith(a) || a.startsWith(b)) ? 1 : editDistance(a, b);
}
