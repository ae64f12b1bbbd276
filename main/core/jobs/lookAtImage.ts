import { isConnected } from '../../../shared/domain/cluster/connection.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { KnownImage } from '../../../shared/domain/image/checks.ts';
import { imageName } from '../../../shared/domain/image/names.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { ClusterSessions, ImageRegistry } from '../services.ts';

interface LookDependencies {
  readonly sessions: Pick<ClusterSessions, 'state' | 'use'>;
  readonly images: Pick<ImageRegistry, 'known'>;
}

/**
 * What is known of the image of a job that is about to be sent, with size and time as its file has them now: one look, where there is a connection.
 * Without one, and where the login node may not look, the job looks itself at its start. Null: nothing is known. IMAGE_NOT_FOUND, CANCELLED.
 */
export async function lookAtImage(
  { sessions, images }: LookDependencies,
  clusterId: ClusterId,
  path: string,
  signal: AbortSignal,
): Promise<KnownImage | null> {
  const known = images.known(clusterId, path);
  // an image of compute nodes need not be there on the login node; what is no whole path is refused by the checks
  if ((known !== null && known.node !== null) || !path.startsWith('/') || !isConnected(sessions.state(clusterId)))
    return known;
  const found = await sessions
    .use(clusterId, { signal, purpose: 'submit' }, ({ files }) => files.stat(path, { signal }))
    .catch((error: unknown) => {
      if (AppError.is(error, 'CANCELLED')) throw error;
      return undefined;
    });
  if (found === undefined) return known;
  if (found === null) throw new AppError('IMAGE_NOT_FOUND', { details: { image: path } });
  const { size, modifiedAt } = found;
  // a folder is a sandbox: its own size says nothing of what is in it
  if (found.kind === 'folder') return known;
  if (known !== null && known.size === size && Math.abs(known.modifiedAt - modifiedAt) < 1)
    return { ...known, active: true };
  // what was read is of another file than the one that is there now
  return { name: imageName(path), folder: path.slice(0, path.lastIndexOf('/')), path, size, modifiedAt };
}
