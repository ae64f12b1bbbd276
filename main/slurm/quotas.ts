import type { Quota, Unknown } from '../../shared/domain/cluster/profile.ts';
import { quote } from '../../shared/lib/quote.ts';
import { message, quoted } from '../../shared/messages/message.ts';
import { textOf } from './fields.ts';
import { quotaTable } from './quotaTable.ts';
import { readSection, sectionsScript } from './sections.ts';

/** Seconds that one of these programs may take: file servers that do not answer are common. */
const PATIENCE = 10;

/** The usual programs; one that is not there answers 127. `folders` are words of sh. */
const tools = (folders: string): Record<string, string> => ({
  lustre: [
    'command -v lfs >/dev/null || exit 127',
    `for d in ${folders}; do case $(df -PT "$d" 2>/dev/null | sed -n 2p) in *' lustre '*) printf '@path %s\\n' "$d"; slipway_limit ${PATIENCE} lfs quota -q -u "$slipway_user" "$d" ;; esac; done`,
  ].join('\n'),
  gpfs: `PATH=$PATH:/usr/lpp/mmfs/bin; command -v mmlsquota >/dev/null || exit 127\nslipway_limit ${PATIENCE} mmlsquota -Y -u "$slipway_user"`,
  beegfs: `command -v beegfs-ctl >/dev/null || exit 127\nslipway_limit ${PATIENCE} beegfs-ctl --getquota --csv --uid "$slipway_user"`,
  // -p writes a number where no grace time runs; without it the column is empty and cannot be told from the next
  nfs: `command -v quota >/dev/null || exit 127\nslipway_limit ${PATIENCE} quota -w -p`,
});

/**
 * One sh script for the space that the person has. The site's own command where the profile names one: it is run as it stands, in a
 * login bash, since the person would type it there. Otherwise the usual programs, and what the file systems of the home and scratch
 * folders have. `scratch` is an absolute path or null.
 */
export function quotaScript(plan: { quotaCommand: string | null; scratch: string | null }): string {
  const folders = ['"$HOME"', ...(plan.scratch === null ? [] : [quote(plan.scratch)])].join(' ');
  return sectionsScript(['slipway_user=$(id -un)'], {
    ...(plan.quotaCommand === null
      ? tools(folders)
      : {
          site: `slipway_limit ${PATIENCE} bash -lc ${quote(`printf '\\n@slipway-quota\\n'\n${plan.quotaCommand}\n`)} </dev/null`,
        }),
    space: `for d in ${folders}; do printf '@path %s\\n' "$d"; slipway_limit ${PATIENCE} df -Pk "$d"; done`,
  });
}

/** Where a folder lies: what `df` says. Bytes. */
interface Place {
  readonly name: string;
  readonly path: string;
  readonly device: string;
  readonly used: number;
  readonly available: number;
}

const KIB = 1024;
const countOf = (cell: string | undefined): number | null =>
  /^\[?\d{1,18}\]?\*?$/.test(cell ?? '') ? Number((cell ?? '').replaceAll(/[[\]*]/g, '')) : null;
/** 0 is no limit, to all of these programs. */
const limitOf = (cell: string | undefined): number | null => countOf(cell) || null;
const kib = (count: number | null): number | null => (count === null ? null : count * KIB);

/**
 * Reads the answer of `quotaScript`. A site's table that is not understood is told with its first lines; a file system without a quota
 * is there with what it holds. Never throws.
 */
export function parseQuotas(stdout: string, scratch: string | null): { quotas: Quota[]; unknown: Unknown[] } {
  const text = (name: string): string => readSection(stdout, name)?.stdout ?? '';
  const places = placesIn(text('space'), scratch);
  const unknown: Unknown[] = [];
  const site = readSection(stdout, 'site');
  const quotas =
    site === null
      ? [
          ...rowsWithPath(text('lustre'), scratch),
          ...gpfsRows(text('gpfs'), places),
          ...beegfsRows(text('beegfs'), places),
          ...nfsRows(text('nfs'), places),
        ]
      : [];
  if (site !== null) {
    const said = site.stdout.split('\n@slipway-quota\n').at(-1) ?? '';
    quotas.push(...quotaTable(said));
    const head = `${said}\n${site.stderr}`
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .slice(0, 5)
      .join(' ⏎ ')
      .slice(0, 300);
    if (quotas.length === 0) {
      unknown.push({
        subject: 'quota',
        reason:
          site.exitCode === 124
            ? message('facts.quotaSlow', { seconds: PATIENCE })
            : site.exitCode !== 0
              ? message('facts.quotaFailed', { code: site.exitCode, said: quoted(head) })
              : message('facts.quotaNotUnderstood', { said: quoted(head) }),
      });
    }
  }
  const covered = (place: Place): boolean =>
    quotas.some(
      ({ name, path, hard, soft }) => (hard ?? soft) !== null && (name === place.name || path === place.path),
    );
  return {
    quotas: [
      ...quotas,
      ...places
        .filter((place) => !covered(place))
        .map(({ name, path, used, available }): Quota => ({
          name,
          path,
          used,
          soft: null,
          hard: used + available,
          files: null,
          filesHard: null,
          kind: 'filesystem',
        })),
    ],
    unknown,
  };
}

/** More folders than are asked about. */
const MOST_FOLDERS = 8;
const partsIn = (text: string): string[] => text.split(/^@path /m, MOST_FOLDERS + 1).slice(1);

/** Device, blocks, used, available, use in percent, and the place where it is mounted, which is the first word with a slash behind them. */
function dfRow(line: string): Pick<Place, 'device' | 'used' | 'available'> | null {
  const words = line.trim().split(/\s+/);
  const place = words.findIndex(
    (word, i) =>
      i > 4 &&
      word.startsWith('/') &&
      /^(?:\d+%|-)$/.test(words[i - 1] ?? '') &&
      /^-?\d+$/.test(words[i - 2] ?? '') &&
      /^\d+ \d+$/.test(words.slice(i - 4, i - 2).join(' ')),
  );
  if (place < 0) return null;
  return {
    device: words.slice(0, place - 4).join(' '),
    used: Number(words[place - 3]) * KIB,
    available: Math.max(0, Number(words[place - 2])) * KIB,
  };
}

/** `df -Pk` for one folder after the other. Its columns are read from the right, since a device may hold spaces. */
function placesIn(text: string, scratch: string | null): Place[] {
  return partsIn(text).flatMap((part) => {
    const [path = '', ...lines] = part.split('\n', 20);
    const row = lines.map((line) => dfRow(line.slice(0, 5000))).find((each) => each !== null);
    return row === undefined ? [] : [{ name: path === scratch ? 'scratch' : 'home', path, ...row }];
  });
}

/**
 * One row of numbers as `lfs quota -q` and `quota -w` print it: blocks, soft, hard, grace, and the same for files. A grace time that runs
 * is a word; one that does not is `-`, a number with `-p`, or nothing.
 */
function blockRow(cells: readonly string[]): Pick<Quota, 'used' | 'soft' | 'hard' | 'files' | 'filesHard'> | null {
  const numbers = cells.filter((cell) => countOf(cell) !== null);
  if (numbers.length < 3) return null;
  const [blocks, soft, hard] = numbers;
  const [files, , filesHard] = numbers.slice(numbers.length >= 8 ? 4 : 3);
  return {
    used: kib(countOf(blocks)),
    soft: kib(limitOf(soft)),
    hard: kib(limitOf(hard)),
    files: countOf(files),
    filesHard: limitOf(filesHard),
  };
}

/** Lustre: a name that is too long for its column stands on a line of its own. */
function rowsWithPath(text: string, scratch: string | null): Quota[] {
  return partsIn(text).flatMap((part) => {
    const [path = '', ...lines] = part.split('\n');
    const row = blockRow(
      lines
        .join(' ')
        .trim()
        .split(/\s+/)
        .filter((cell) => !cell.startsWith('/'))
        .slice(0, 8),
    );
    return row === null ? [] : [{ name: path === scratch ? 'scratch' : 'home', path, ...row, kind: 'quota' as const }];
  });
}

/** What the person calls the place of a device, and where it is. */
function named(device: string, places: readonly Place[]): { name: string; path: string } {
  const bare = device.replace(/^\/dev\//, '');
  const place = places.find((each) => each.device.replace(/^\/dev\//, '') === bare);
  return place === undefined ? { name: device, path: '' } : { name: place.name, path: place.path };
}

/** `quota -w`: a head, then a row for each file system. */
function nfsRows(text: string, places: readonly Place[]): Quota[] {
  return text.split('\n').flatMap((line) => {
    const [device = '', ...cells] = line.trim().split(/\s+/);
    const row = /[/:]/.test(device) ? blockRow(cells) : null;
    return row === null ? [] : [{ ...named(device, places), ...row, kind: 'quota' as const }];
  });
}

/** `mmlsquota -Y`: fields by the names of its head, percent-encoded. Source: mmlsquota, IBM Storage Scale. */
function gpfsRows(text: string, places: readonly Place[]): Quota[] {
  let head = new Map<string, number>();
  return text.split('\n').flatMap((line) => {
    const cells = line.split(':');
    if (cells[2] === 'HEADER') head = new Map(cells.map((name, i) => [name, i]));
    const cell = (name: string): string | undefined => cells[head.get(name) ?? -1];
    const used = countOf(cell('blockUsage'));
    if (cells[2] === 'HEADER' || used === null) return [];
    const { name, path } = named(cell('filesystemName') ?? '', places);
    const fileset = textOf(cell('filesetname'));
    return [
      {
        name: fileset === null || fileset === 'root' ? name : `${name}/${fileset}`,
        path,
        used: kib(used),
        soft: kib(limitOf(cell('blockQuota'))),
        hard: kib(limitOf(cell('blockLimit'))),
        files: countOf(cell('filesUsage')),
        filesHard: limitOf(cell('filesLimit')),
        kind: 'quota' as const,
      },
    ];
  });
}

/** `beegfs-ctl --getquota --csv`: name, id, bytes, limit, files, limit. */
function beegfsRows(text: string, places: readonly Place[]): Quota[] {
  return text.split('\n').flatMap((line) => {
    const [, id, used, hard, files, filesHard] = line.trim().split(',');
    if (!/^\d+$/.test(id ?? '') || countOf(used) === null) return [];
    return [
      {
        ...named('beegfs_nodev', places),
        used: countOf(used),
        soft: null,
        hard: limitOf(hard),
        files: countOf(files),
        filesHard: limitOf(filesHard),
        kind: 'quota' as const,
      },
    ];
  });
}
