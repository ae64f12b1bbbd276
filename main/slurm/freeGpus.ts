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
