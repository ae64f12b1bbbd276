/** Tables as sacctmgr and sshare print them. */

export type Row = Readonly<Record<string, string>>;

export interface Layout {
  /** `head`: the column's title, where it is not its name. */
  readonly fields: readonly { name: string; width: number; head?: string }[];
  readonly header: boolean;
  readonly parsable: '' | 'trailing' | 'plain';
  readonly separator: string;
}

export function printTable(rows: readonly Row[], { fields, header, parsable, separator }: Layout): string {
  const line = (values: readonly string[]): string => {
    if (parsable !== '') return `${values.join(separator)}${parsable === 'trailing' ? separator : ''}\n`;
    return `${values.map((value, index) => `${pad(value, fields[index]?.width ?? 10)} `).join('')}\n`;
  };
  const lines = rows.map((row) => line(fields.map(({ name }) => row[name] ?? '')));
  if (!header) return lines.join('');
  const rule = parsable === '' ? `${fields.map(({ width }) => `${'-'.repeat(width)} `).join('')}\n` : '';
  return line(fields.map(({ name, head }) => head ?? name)) + rule + lines.join('');
}

const pad = (value: string, width: number): string =>
  value.length > width ? `${value.slice(0, width - 1)}+` : value.padStart(width);
