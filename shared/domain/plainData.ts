import { z } from 'zod';
import { MAX_TEXT, TOO_LONG } from './bounds.ts';

/** What plain data may be at most: deeper or larger than any value of a template, small enough to be gone through at once. */
const MAX_DEPTH = 32;
const MAX_VALUES = 20_000;

/** What keeps a value from being plain data, or null. Goes through it without recursion, and no further than the bounds. */
function dataFault(given: unknown): string | null {
  const open: { value: unknown; depth: number }[] = [{ value: given, depth: 0 }];
  let values = 0;
  let text = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, depth } = next;
    values += 1;
    if (values > MAX_VALUES) return `more than ${String(MAX_VALUES)} values`;
    if (typeof value === 'string') text += value.length;
    else if (typeof value === 'number' && !Number.isFinite(value)) return `${String(value)} is no number that can be written`;
    else if (typeof value !== 'number' && typeof value !== 'boolean' && value !== null) {
      if (typeof value !== 'object') return `a value of type ${typeof value} is no plain data`;
      if (depth === MAX_DEPTH) return `nested more than ${String(MAX_DEPTH)} deep`;
      const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype || Object.getPrototypeOf(value) === null;
      if (!isPlain) return 'only texts, numbers, true, false, null, lists and maps are plain data';
      const entries = Object.entries(value);
      if (values + open.length + entries.length > MAX_VALUES) return `more than ${String(MAX_VALUES)} values`;
      for (const [key, inner] of entries) {
        if (!Array.isArray(value)) text += key.length;
        open.push({ value: inner, depth: depth + 1 });
      }
    }
    if (text > MAX_TEXT) return TOO_LONG;
  }
  return null;
}

/** What JSON can say, of bounded depth and size. Whatever a host hands over (a Map, a Date, a BigInt) is refused with a sentence. */
export const PlainData = z.unknown().superRefine((value, context) => {
  const fault = dataFault(value);
  if (fault !== null) context.addIssue({ code: 'custom', message: fault });
});
