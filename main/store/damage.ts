import type { z } from 'zod';
import { reasonOf } from '../../shared/errors/appError.ts';

/** Told once of each stored row that cannot be read; the row stays in the file as it is. */
export type DamageListener = (row: { table: string; id: string; reason: string }) => void;

/** Reads what is stored through its schema. What does not parse is reported once and answered with null, never thrown. */
export interface RowReader {
  json<T extends z.ZodType>(table: string, id: string, schema: T, json: string): z.output<T> | null;
  value<T extends z.ZodType>(table: string, id: string, schema: T, value: unknown): z.output<T> | null;
  /** For what cannot be read for another reason. */
  unreadable(table: string, id: string, reason: string): null;
}

export function createRowReader(onDamage: DamageListener): RowReader {
  const reported = new Set<string>();
  const unreadable = (table: string, id: string, reason: string): null => {
    const name = `${table}/${id}`;
    if (!reported.has(name)) {
      reported.add(name);
      onDamage({ table, id, reason });
    }
    return null;
  };
  const value: RowReader['value'] = (table, id, schema, stored) => {
    const parsed = schema.safeParse(stored);
    return parsed.success
      ? parsed.data
      : unreadable(
          table,
          id,
          parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; '),
        );
  };
  return {
    value,
    unreadable,
    json: (table, id, schema, json) => {
      let parsed: unknown;
      try {
        parsed = JSON.parse(json);
      } catch (error) {
        return unreadable(table, id, reasonOf(error));
      }
      return value(table, id, schema, parsed);
    },
  };
}
