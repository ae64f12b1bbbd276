/** What images are called: by file, without its ending, with a version, or by digest. Case counts throughout. */
import { matchGlob } from '../../lib/glob.ts';

/** The last part of a path: images are known by their file name, since each cluster keeps them elsewhere. */
export const imageName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Endings of image files. `python_3.11` has none of them, though it has a dot. */
const ENDING = /\.(?:sif|simg|sqsh|sqfs|squashfs|img)$/;

/** An image’s name without its ending: `python_3.11` of `python_3.11.sif`, and of itself. */
export const imageStem = (name: string): string => name.replace(ENDING, '');

/** One entry of `allowed_images`, or what a person wrote to name an image. */
export interface ImageWish {
  /** A name with or without ending, or a pattern of one (`*`, `?`, `[…]`, `{a,b}`); null where the digest alone says it. */
  readonly name: string | null;
  /** A pattern of versions: `2.5`, `2.*`. */
  readonly version: string | null;
  /** The beginning of a SHA-256, in hexadecimal. */
  readonly digest: string | null;
}

/**
 * Reads `pytorch`, `pytorch.sif`, `pytorch-*.sif`, `pytorch:2.*` (a version), `pytorch@sha256:9f86…` and `sha256:9f86…` (the content: 12
 * digits or more). Anything else is a name.
 */
export function readImageWish(text: string): ImageWish {
  const hashed = /^(?:(.+)@)?sha256:([0-9a-f]{12,64})$/i.exec(text);
  if (hashed !== null) {
    const { name, version } = hashed[1] === undefined ? { name: null, version: null } : readImageWish(hashed[1]);
    return { name, version, digest: (hashed[2] ?? '').toLowerCase() };
  }
  const versioned = /^([^:]+):([^:/]+)$/.exec(text);
  return versioned === null
    ? { name: text, version: null, digest: null }
    : { name: versioned[1] ?? '', version: versioned[2] ?? '', digest: null };
}

/** True when a file of this name is called so: with or without ending on either side, or by a pattern. */
export function isCalled(wanted: string, name: string): boolean {
  const stem = imageStem(name);
  return (
    wanted === name ||
    wanted === stem ||
    imageStem(wanted) === name ||
    matchGlob(wanted, name) ||
    matchGlob(wanted, stem)
  );
}

/** The version in a file name that begins with `name`: `2.5` of `pytorch-2.5.sif` and `pytorch_v2.5.sif`. Null where there is none. */
export function versionInName(name: string, file: string): string | null {
  const stem = imageStem(file);
  const before = imageStem(name);
  if (!stem.startsWith(before)) return null;
  return /^[-_:]?v?(\d.*)$/.exec(stem.slice(before.length))?.[1] ?? null;
}
