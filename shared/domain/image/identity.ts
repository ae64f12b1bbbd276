import { z } from 'zod';

/** Which file an image was. Size in bytes, time in epoch seconds. The UUID is the build's and no hash: one that is changed in place may keep it. */
export const ImageIdentity = z.object({
  size: z.number(),
  modifiedAt: z.number(),
  uuid: z.string().nullable(),
  /** SHA-256, in hexadecimal; null: never computed. */
  digest: z.string().nullable(),
});
export type ImageIdentity = z.infer<typeof ImageIdentity>;

/** What says that two are not the same file: what either does not know decides nothing. */
export function identityChanges(
  before: ImageIdentity,
  now: ImageIdentity,
): ('size' | 'modifiedAt' | 'uuid' | 'digest')[] {
  const changed = (['size', 'uuid', 'digest'] as const).filter(
    (key) => before[key] !== null && now[key] !== null && before[key] !== now[key],
  );
  // the same content may have been copied anew
  const isSame = before.digest !== null && before.digest === now.digest;
  // servers tell whole seconds, and some a fraction
  return isSame || Math.abs(before.modifiedAt - now.modifiedAt) < 1 ? changed : [...changed, 'modifiedAt'];
}

/** The identity of an image of which size and time are known; null otherwise. */
export function identityOf(image: Partial<ImageIdentity> | null): ImageIdentity | null {
  if (image?.size === undefined || image.modifiedAt === undefined) return null;
  return { size: image.size, modifiedAt: image.modifiedAt, uuid: image.uuid ?? null, digest: image.digest ?? null };
}
