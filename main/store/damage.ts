import type { z } from 'zod';
import { reasonOf } from '../../shared/errors/appError.ts';

/** Told once per row of a stored row that cannot be read; the row stays in the file as it is. */
export type DamageListener = (row: { table: string; key: string; reason: string }) => void;

/** Reads stored JSON through its schema. What does not parse is reported once and answered with null, never thrown. */
export type RowReader = <T extends z.ZodType>(table: string, key: string, schema: T, json: string) => z.output<T> | null;

export function createRowReader(onDamage: DamageListener): RowReader {
  const reported = new Set<string>();
  const report = (table: string, key: string, reason: string): null => {
    const name = `${table}/${key}`;
    if (!reported.has(name)) {
      reported.add(name);
      onDamage({ table, key, reason });
    }
    return null;
  };
  return (table, key, schema, json) => {
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch (error) {
      return report(table, key, reasonOf(error));
    }
    const parsed = schema.safeParse(value);
    return parsed.success ? parsed.data : report(table, key, parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  };
}
