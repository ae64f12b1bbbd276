import { excessOf } from '../../shared/domain/text/plainData.ts';

/** How deep and wide a value may be that is written out again as the text of a label. */
const WRITTEN = { values: 200, depth: 4, characters: 16_384 } as const;

/** The value as a record, or null for anything else. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The record of a JSON text, or null where it is none. V8 parses any depth without recursion; what is read of it is looked up by name. */
export function parsedRecord(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return recordOf(JSON.parse(text));
  } catch {
    return null;
  }
}

/** A scalar or small piece of JSON as text; null for null, and for what would be no label but a document. */
export function plainText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null || excessOf(value, WRITTEN) !== null) return null;
  return JSON.stringify(value);
}
