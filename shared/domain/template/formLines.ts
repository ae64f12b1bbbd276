/** How the fields of a template's form stand beside one another. Pure. */
import type { Parameter } from './schema.ts';

export type FormLine =
  | { readonly kind: 'field'; readonly parameter: Parameter }
  /** Beside one another at every width. */
  | { readonly kind: 'row'; readonly name: string; readonly parameters: readonly Parameter[] }
  /** Yes-or-no fields that follow one another. */
  | { readonly kind: 'toggles'; readonly parameters: readonly Parameter[] };

/**
 * The fields of one group in lines. Those with the same `row` are one line, where the first of them stands; other yes-or-no fields
 * stand together with those that they follow. Each parameter is in exactly one line; a row of which one field is shown is that field.
 */
export function formLines(parameters: readonly Parameter[]): FormLine[] {
  const lines: FormLine[] = [];
  const rows = new Set<string>();
  for (const parameter of parameters) {
    const { row, type } = parameter;
    const together = row === null ? [] : parameters.filter((other) => other.row === row);
    if (row !== null && together.length > 1) {
      if (!rows.has(row)) lines.push({ kind: 'row', name: row, parameters: together });
      rows.add(row);
      continue;
    }
    const last = lines.at(-1);
    if (type !== 'boolean') lines.push({ kind: 'field', parameter });
    else if (last?.kind === 'toggles')
      lines[lines.length - 1] = { ...last, parameters: [...last.parameters, parameter] };
    else lines.push({ kind: 'toggles', parameters: [parameter] });
  }
  return lines;
}
