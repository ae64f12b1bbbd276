import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import type { RemoteFiles } from '../ports.ts';

/**
 * The SHA-256 of an image as it was seen, computed on the cluster with `nice`. IMAGE_NO_DIGEST with the reason: it is a folder, is on a compute
 * node, is no more as it was seen before or after, or the cluster has no program for it. CONNECTION_LOST, CANCELLED.
 */
export async function digestOf(
  files: Pick<RemoteFiles, 'stat' | 'hashRange'>,
  image: ImageSummary,
  signal: AbortSignal,
): Promise<string> {
  const { path, kind, node, size, modifiedAt } = image;
  if (kind === 'sandbox') throw noDigest(path, message('images.digestOfFolder'));
  if (node !== null) throw noDigest(path, message('images.digestOnNode', { node }));
  const isAsSeen = async (): Promise<void> => {
    const stat = await files.stat(path, { signal });
    if (stat === null) throw new AppError('IMAGE_NOT_FOUND', { details: { image: path } });
    if (stat.size !== size || stat.modifiedAt !== modifiedAt) throw noDigest(path, message('images.digestChanged'));
  };
  await isAsSeen();
  const digest = await files.hashRange(path, 0, size, { signal });
  if (digest === null) throw noDigest(path, message('images.digestNoProgram'));
  await isAsSeen();
  return digest;
}

function noDigest(image: string, reason: Message): AppError {
  return new AppError('IMAGE_NO_DIGEST', { details: { image, reason } });
}
