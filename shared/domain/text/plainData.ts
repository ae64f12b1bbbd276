export interface DataLimits {
  readonly values: number;
  readonly depth: number;
  /** UTF-16 units of all texts and keys together. */
  readonly characters: number;
}

/** Words for a number of characters. */
const megabytes = (characters: number): string => `${String(Math.ceil(characters / 1_048_576))} MB of text`;

interface Waiting {
  readonly value: unknown;
  readonly depth: number;
}

const isPlain = (value: object): boolean => {
  const prototype: unknown = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
};

/**
 * What keeps a value from being plain data (what JSON can say) within these limits, as the end of a sentence; null when nothing does.
 * Takes no longer than the limits allow, whatever the value is: it may go in circles, or come from a structured clone.
 */
export function excessOf(root: unknown, limits: DataLimits): string | null {
  const waiting: Waiting[] = [{ value: root, depth: 0 }];
  let values = 1;
  let characters = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') characters += value.length;
    else if (typeof value === 'object' && value !== null) {
      if (!isPlain(value))
        return 'holds something else than texts, numbers, true, false, null, lists and maps, which is no plain data';
      if (depth >= limits.depth) return `is nested more than ${String(limits.depth)} deep`;
      const keys = Array.isArray(value) ? null : Object.keys(value);
      values += keys?.length ?? (value as unknown[]).length;
      if (values > limits.values) return `has more than ${String(limits.values)} values`;
      for (const key of keys ?? []) characters += key.length;
      for (const item of Array.isArray(value) ? (value as unknown[]) : Object.values(value))
        waiting.push({ value: item, depth: depth + 1 });
    } else if (typeof value === 'number' && !Number.isFinite(value))
      return `holds ${String(value)}, a number that cannot be written`;
    else if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
      return `holds a ${typeof value}, which is no plain data`;
    if (characters > limits.characters) return `has more than ${megabytes(limits.characters)}`;
  }
  return null;
}
