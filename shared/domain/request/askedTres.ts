import type { Partition, Tres } from '../cluster/facts.ts';
import { gpuTres } from './gres.ts';
import type { RequestSize } from './size.ts';

/**
 * What one job asks for under the names that Slurm gives resources: over all nodes, and on the fullest one. Memory that is not
 * asked for is the partition's default, and without one `unsaid` bytes on a node; what is not known is not there. Memory in bytes.
 */
export function askedTres(
  size: RequestSize,
  partition: Partition | null,
  unsaid: number | null = null,
): { perJob: Tres; perNode: Tres } {
  const gpus = (counts: ReadonlyMap<string, number>): Tres => {
    const found: Tres = {};
    let all = 0;
    for (const [type, count] of counts) {
      all += count;
      if (type !== '') found[gpuTres(type)] = count;
    }
    return all === 0 ? {} : { [gpuTres('')]: all, ...found };
  };
  const memory = (bytes: number | null): Tres => (bytes === null || bytes === 0 ? {} : { mem: bytes });
  const perCpu = partition?.defaultMemoryPerCpu ?? null;
  const isWholeNode = size.memoryOfRequest === 0;
  const given = isWholeNode
    ? (partition?.memoryPerNode ?? null)
    : (partition?.defaultMemoryPerNode ?? (perCpu === null ? unsaid : perCpu * size.cpusPerNode));
  const onNode = size.memoryPerNode ?? given;
  return {
    perJob: {
      cpu: size.cpus,
      node: size.nodes,
      ...memory(size.memoryOfJob ?? (onNode === null ? null : onNode * size.nodes)),
      ...gpus(size.gpus),
    },
    perNode: { cpu: size.cpusPerNode, ...memory(onNode), ...gpus(size.gpusPerNode) },
  };
}
