import type { ClusterFacts } from '../../../shared/domain/cluster/profile.ts';
import { gpuVendor } from '../../../shared/domain/image/gpuVendor.ts';
import type { KnownImage } from '../../../shared/domain/image/checks.ts';
import { requestedPartitions } from '../../../shared/domain/limits/check.ts';
import { requestSize } from '../../../shared/domain/request/size.ts';
import type { SlurmRequest } from '../../../shared/domain/request/schema.ts';
import type { ImageRule } from '../../../shared/domain/template/schema.ts';

/**
 * Options that give a container the GPUs of its job: `--nv`, or `--rocm` where the type that is asked for, the image or the partition says AMD.
 * None for a job without GPUs. That a GPU is there is asked of the request, never of the login node.
 */
export function gpuFlags(
  wanted: ImageRule['gpu'],
  asked: SlurmRequest,
  image: KnownImage | null,
  facts: ClusterFacts | null,
): string[] {
  const gpus = [...requestSize(asked).gpus].filter(([, count]) => count > 0);
  if (gpus.length === 0 || wanted === 'none') return [];
  if (wanted !== undefined) return [`--${wanted}`];
  const types = gpus.map(([type]) => type).filter((type) => type !== '');
  const there =
    types.length > 0 || facts === null
      ? types
      : requestedPartitions(asked, facts).flatMap((partition) => partition.gpus.map(({ type }) => type));
  const vendor = gpuVendor(there) ?? image?.gpu?.need;
  return [vendor === 'rocm' ? '--rocm' : '--nv'];
}
