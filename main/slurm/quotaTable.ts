/**
 * Reads the table that a site's own quota command prints. There is no standard; what the common ones share is a head that names its
 * columns, or rows such as `/home/alice: 12.3 GB of 50 GB`. What is not understood gives no row.
 */
import type { Quota } from '../../shared/domain/cluster/profile.ts';

type Column = 'name' | 'used' | 'soft' | 'hard' | 'files' | 'filesSoft' | 'filesHard' | 'other';

const KIND: readonly [RegExp, Column][] = [
  [
    /^(?:filesystem|file-?system|fs|path|directory|dir|volume|mount\w*|location|fileset|disk|storage|area|name|user|group|type|project)$/,
    'name',
  ],
  [/^(?:files|inodes?|objects|#files)$/, 'files'],
  [/^(?:used|usage|use|blocks|kbytes|space|consumed|current)$/, 'used'],
  [/^(?:quota|soft|softlimit)$/, 'soft'],
  [/^(?:limit|hard|hardlimit|max|maximum|total|allocated|allocation|size)$/, 'hard'],
  [/^(?:grace|avail|available|free|left|remaining|percent|%|use%|%use|%used|used%|status|expires)$/, 'other'],
];

const UNIT: Readonly<Record<string, number>> = {
  B: 1,
  K: 1024,
  M: 1024 ** 2,
  G: 1024 ** 3,
  T: 1024 ** 4,
  P: 1024 ** 5,
};
const SIZE = /^(\d+(?:[.,]\d+)?)\s*(?:([KMGTP])i?B?|(B|bytes?))\*?$/i;
const NO_LIMIT = /^(?:-|--|none|unlimited|no|n\/a|∞|inf)$/i;

/** Cells of a row: at bars, else at two spaces or tabs, else at every space; a number and its unit stay together. */
function cellsOf(line: string): string[] {
  const joined = line.replaceAll(/(\d)\s+([KMGTP]i?B|bytes)\b/gi, '$1$2');
  const bars = joined.split(/[|│┃]/);
  const cells =
    bars.length > 2
      ? bars.slice(bars[0]?.trim() === '' ? 1 : 0, bars.at(-1)?.trim() === '' ? -1 : undefined)
      : joined.trim().split(/\s+/);
  return cells.map((cell) => cell.trim());
}

interface Head {
  readonly columns: Column[];
  /** Bytes of a number without a unit; null where the head does not say. */
  readonly unit: number | null;
}

/** The columns that a line names, or null when it is no head. */
function headOf(line: string): Head | null {
  const unit = /\((?:in )?([KMGTP])i?B?\)|\b(kbytes|blocks)\b/i.exec(line);
  const words = cellsOf(line.replaceAll(/\((?:in )?[KMGTP]?i?B?\)/gi, ' '));
  let sawFiles = false;
  const columns = words.map((word): Column => {
    const kind = KIND.find(([pattern]) => pattern.test(word.toLowerCase().replaceAll(/\s+/g, '')))?.[1] ?? 'other';
    if (kind === 'files') sawFiles = true;
    if (sawFiles && (kind === 'soft' || kind === 'hard')) return kind === 'soft' ? 'filesSoft' : 'filesHard';
    return kind;
  });
  if (!columns.includes('used') || !(columns.includes('soft') || columns.includes('hard'))) return null;
  return { columns, unit: unit === null ? null : (UNIT[(unit[1] ?? 'K').toUpperCase()] ?? null) };
}

function sizeOf(cell: string | undefined, unit: number | null): number | null {
  const text = cell ?? '';
  const [, number, letter, bytes] = SIZE.exec(text) ?? [];
  if (number !== undefined)
    return Math.round(
      Number(number.replace(',', '.')) * (bytes === undefined ? (UNIT[(letter ?? 'B').toUpperCase()] ?? 1) : 1),
    );
  if (/^\d{1,18}(?:\.\d+)?\*?$/.test(text) && (unit !== null || Number(text.replace('*', '')) === 0))
    return Math.round(Number(text.replace('*', '')) * (unit ?? 1));
  return null;
}

/** 4,200 or 4.2M of files. */
function filesOf(cell: string | undefined): number | null {
  const [, number, letter] = /^(\d[\d,]*(?:\.\d+)?)([KMG])?\*?$/i.exec(cell ?? '') ?? [];
  return number === undefined
    ? null
    : Math.round(
        Number(number.replaceAll(',', '')) *
          (letter === undefined ? 1 : ({ K: 1e3, M: 1e6, G: 1e9 }[letter.toUpperCase()] ?? 1)),
      );
}

const positive = (value: number | null): number | null => (value === null || value === 0 ? null : value);

function byHead(cells: readonly string[], { columns, unit }: Head): Quota | null {
  // an empty grace time of a table without bars leaves its row short: nothing can be told from it
  if (cells.length !== columns.length) return null;
  const cell = (column: Column): string | undefined =>
    columns.includes(column) ? cells[columns.indexOf(column)] : undefined;
  const used = sizeOf(cell('used'), unit);
  const [soft, hard] = [cell('soft'), cell('hard')].map((text) => positive(sizeOf(text, unit)));
  const readable = [cell('soft'), cell('hard')].every(
    (text) => text === undefined || NO_LIMIT.test(text) || sizeOf(text, unit) !== null,
  );
  if (used === null || !readable) return null;
  const name = cell('name') ?? cells.find((text) => text.startsWith('/')) ?? '';
  return {
    name,
    path: cells.find((text) => text.startsWith('/')) ?? '',
    used,
    // one column alone is the limit, whatever it is called
    soft: columns.includes('hard') ? (soft ?? null) : null,
    hard: (columns.includes('hard') ? hard : soft) ?? null,
    files: filesOf(cell('files')),
    filesHard: positive(filesOf(cell('filesHard') ?? cell('filesSoft'))),
    kind: 'quota',
  };
}

/** `/home/alice: 12.3 GB of 50 GB used`, `scratch 1.2T / 10T (12%)`. */
function byWords(line: string): Quota | null {
  const size = String.raw`(\d+(?:[.,]\d+)?\s*[KMGTP]i?B?)`;
  const [, name, used, hard] =
    new RegExp(
      String.raw`^\s*([^\s:]+):?\s+(?:[A-Za-z:]+\s+)*?${size}\s*(?:used\s*)?(?:/|of|out of)\s*${size}`,
      'i',
    ).exec(line) ?? [];
  const [usedBytes, hardBytes] = [used, hard].map((text) => sizeOf(text?.replaceAll(/\s/g, ''), null));
  if (name === undefined || usedBytes == null || hardBytes == null) return null;
  return {
    name,
    path: name.startsWith('/') ? name : '',
    used: usedBytes,
    soft: null,
    hard: positive(hardBytes),
    files: null,
    filesHard: null,
    kind: 'quota',
  };
}

/** Rows of a site's quota table, at most a hundred. Never throws. */
export function quotaTable(text: string): Quota[] {
  const rows: Quota[] = [];
  let head: Head | null = null;
  // colours and carriage returns of progress bars
  for (const raw of text
    .replaceAll(/\x1b\[[0-9;]*[A-Za-z]/g, '')
    .split(/\r?\n/)
    .slice(0, 300)) {
    // what tells the columns apart tries several ways for each of them
    const line = raw.slice(0, 300);
    if (line.trim() === '' || rows.length >= 100) continue;
    const found = headOf(line);
    if (found !== null) {
      head = found;
      continue;
    }
    const row = (head === null ? null : byHead(cellsOf(line), head)) ?? byWords(line);
    if (row !== null) rows.push(row);
  }
  return rows;
}
