import type { z } from 'zod';
import { reasonOf } from '../../shared/errors/appError.ts';

/** Told once of each stored row that cannot be read; the row stays in the file as it is. */
export type DamageListener = (row: { table: string; id: string; reason: string }) => void;

/** Reads stored JSON through its schema. What does not parse is reported once and answered with null, never thrown. */
export type RowReader = <T extends z.ZodType>(table: string, id: string, schema: T, json: string) => z.output<T> | null;

export function createRowReader(onDamage: DamageListener): RowReader {
  const reported = new Set<string>();
  const report = (table: string, id: string, reason: string): null => {
    const name = `${table}/${id}`;
    if (!reported.has(name)) {
      reported.add(name);
      onDamage({ table, id, reason });
    }
    return null;
  };
  return (table, id, schema, json) => {
    let value: unknown;
    try {
      value = JSON.parse(json);
    } catch (error) {
      return report(table, id, reasonOf(error));
    }
    const parsed = schema.safeParse(value);
    return parsed.success
      ? parsed.data
      : report(table, id, parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '));
  };
}
