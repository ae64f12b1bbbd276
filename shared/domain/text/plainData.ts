import { formatBytes } from '../../lib/bytes.ts';
import { message, type Message } from '../../messages/message.ts';

export interface DataLimits {
  readonly values: number;
  readonly depth: number;
  /** UTF-16 units of all texts and keys together. */
  readonly characters: number;
}

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
export function excessOf(root: unknown, limits: DataLimits): Message | null {
  const waiting: Waiting[] = [{ value: root, depth: 0 }];
  let values = 1;
  let characters = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string') characters += value.length;
    else if (typeof value === 'object' && value !== null) {
      if (!isPlain(value)) return message('complaints.notPlain');
      if (depth >= limits.depth) return message('complaints.deep', { most: limits.depth });
      const keys = Array.isArray(value) ? null : Object.keys(value);
      values += keys?.length ?? (value as unknown[]).length;
      if (values > limits.values) return message('complaints.manyValues', { most: limits.values });
      for (const key of keys ?? []) characters += key.length;
      for (const item of Array.isArray(value) ? (value as unknown[]) : Object.values(value))
        waiting.push({ value: item, depth: depth + 1 });
    } else if (typeof value === 'number' && !Number.isFinite(value))
      return message('complaints.notWritable', { number: String(value) });
    else if (typeof value === 'function' || typeof value === 'symbol' || typeof value === 'bigint')
      return message('complaints.notPlainKind', { kind: typeof value });
    if (characters > limits.characters) return message('complaints.muchText', { most: formatBytes(limits.characters) });
  }
  return null;
}
