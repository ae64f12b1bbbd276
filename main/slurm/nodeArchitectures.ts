import { CONTROLLER_SECONDS } from './sections.ts';

/**
 * Which processors the nodes of each set of partitions have, each pair once: sinfo does not tell it. Of thousands of nodes a few lines leave the
 * cluster. Source: slurm_sprint_node_table in src/api/node_info.c; a node that has never registered has no `Arch=`.
 */
export const ARCHITECTURES_COMMAND = `slipway_limit ${CONTROLLER_SECONDS} scontrol show node -o | sed -n 's/^NodeName=[^ ]* Arch=\\([^ ]*\\) .* Partitions=\\([^ ]*\\).*/\\1 \\2/p' | sort -u`;

/** `x86_64 normal,long` each line, as architectures by partition, sorted. What is no such line is passed over. */
export function architecturesOf(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const line of text.split('\n')) {
    const [architecture, partitions, ...rest] = line.trim().split(' ');
    if (architecture === undefined || architecture === '' || partitions === undefined || rest.length > 0) continue;
    for (const partition of partitions.split(',')) {
      const known = found.get(partition) ?? new Set<string>();
      found.set(partition, known.add(architecture));
    }
  }
  return new Map([...found].map(([partition, all]) => [partition, [...all].sort()]));
}
