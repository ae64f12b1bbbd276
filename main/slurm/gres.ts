/**
 * GPUs in a GRES list by their type, which is empty for untyped ones: `gpu:a100:4(S:0-1),gpu:2,shard:8` as sinfo tells what a node has,
 * `gpu:a100:2(IDX:0,2),gpu:(null):0(IDX:N/A)` what is in use, `gres/gpu:a100=2` as TRES. MIG slices are types (`1g.10gb`). Never
 * throws. Source: gres.conf(5), and gres_node_state in src/interfaces/gres.c.
 */
export function gpuCounts(gres: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const entry of gres.replaceAll(/\([^()]*\)/g, '').split(',')) {
    const [name, ...rest] = entry
      .trim()
      .replace(/^gres[:/]/, '')
      .split(/[:=]/);
    if (name !== 'gpu') continue;
    const parts = rest.filter((part) => part !== 'no_consume');
    const last = parts.at(-1) ?? '';
    const counted = /^\d{1,9}$/.test(last);
    // `gpu:a100` is one; `gpu::0` of `gpu:(null):0` has no type
    const type = (counted ? parts.slice(0, -1) : parts).join(':');
    counts.set(type, (counts.get(type) ?? 0) + (counted ? Number(last) : 1));
  }
  return counts;
}

/**
 * GPUs that are free, by type, on nodes that have `total` and use `inUse` of them. null: the two lists speak of different types (a
 * site that counts all its GPUs without one), so it cannot be told which are free.
 */
export function freeGpus(
  total: ReadonlyMap<string, number>,
  inUse: ReadonlyMap<string, number> | null,
): Map<string, number> | null {
  if (inUse === null) return null;
  for (const [type, used] of inUse) if (used > 0 && !total.has(type)) return null;
  return new Map([...total].map(([type, count]) => [type, Math.max(0, count - (inUse.get(type) ?? 0))]));
}
