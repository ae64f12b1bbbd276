/** Texts that somebody else may send to a reader of text, and the judge of how its time grows over them. */

/** What a text may be made of. What is repeated is short, so that there is as much of it as possible. */
const UNITS: Readonly<Record<string, string>> = {
  blanks: ' ',
  tabs: '\t',
  'ends of lines': '\n',
  'carriage returns': '\r',
  'ends of lines of Windows': '\r\n',
  'blank lines': ' \n',
  'one long line': 'a',
  'short lines': 'a\n',
  words: 'a ',
  'words far apart': 'a          ',
  digits: '7',
  'lines of digits': '7\n',
  'words of digits': '7 ',
  sizes: '7 KB ',
  durations: '1-01:01:01 ',
  'a range': '1-4000000000',
  ranges: '1-4000000000,',
  hosts: 'n[1-999999999],',
  pairs: 'a=b ',
  'lines of pairs': 'PartitionName=a\n',
  'keys without values': 'a= ',
  'values far apart': 'a=b          ',
  'equals signs': '=',
  commas: ',',
  colons: ':',
  bars: '|',
  'lines of cells': 'a|b\n',
  'unit separators': '\x1f',
  rows: `${'1\x1f'.repeat(14)}1\n`,
  paths: '/a',
  slashes: '/',
  dashes: '-',
  dots: '.',
  'per cent': '1%2,',
  stars: '*',
  'brackets that open': '[',
  'parentheses that open': '(',
  'braces that open': '{',
  'angles that open': '<',
  brackets: '[]',
  parentheses: '()',
  substitutions: '$(',
  'here-documents': '<<a\n',
  nothing: '(null),',
  quotes: '"',
  apostrophes: "'",
  'grave accents': '`',
  backslashes: '\\',
  'ends of lines that do not count': '\\\n',
  hashes: '#',
  directives: '#SBATCH -a b\n',
  'directives of others': '#PBS -l a=b\n',
  NULs: '\0',
  colours: '\x1b[0m',
  'letters of no alphabet': '한',
  'cut characters': '\ufffd',
  marks: '\n@slipway queue\n',
  'ends of marks': '\n@slipway end 0\n',
  'paths of marks': '@path /a\n',
  complaints: 'sbatch: error: a\n',
  'foreseen starts': 'Job 1 to start at 1 using 1 processors on nodes a in partition b ',
  base64: 'AAAA',
  'public keys': 'a ssh-rsa AAAAB3NzaC1yc2E=\n',
  'PEM lines': '-----BEGIN ',
  'host patterns': '*a,',
  'lines of ssh_config': 'Host a\n',
};

/** How long the text of each look is, in characters; it is doubled where the reader seems slow. The third is at the slowest kind only. */
const FIRST = 8 * 1024;
const SECOND = 32 * 1024;
const THIRD = 128 * 1024;
const WHOLE = 1_000_000;

/**
 * Milliseconds under which a look is not asked for its growth. At `SECOND` a quadratic reader takes hundreds, a linear one a millisecond
 * or two.
 */
const NOISE_MS = 40;
/** Twice the text may take twice the time; four times is quadratic. */
const MOST_GROWTH = 3;
/** Nominal milliseconds for 1 MB, and how many times that a slow machine may take. */
const NOMINAL_MS = 50;
const PATIENCE = 10;

/** What stands before and behind a hostile text. */
export type Around = readonly [before: string, after: string];

function hostileText(unit: string, length: number): string {
  return unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
}

/** All of it in turns, the same in each run. */
function mixedText(length: number): string {
  const units = Object.values(UNITS);
  let seed = 1;
  let mixed = '';
  while (mixed.length < length) {
    seed = (seed * 48_271) % 2_147_483_647;
    mixed += units[seed % units.length]?.repeat(1 + (seed % 5)) ?? '';
  }
  return mixed.slice(0, length);
}

const MIXED = mixedText(WHOLE);
/** Each kind of text, of any length in characters. */
export const HOSTILE_SHAPES: readonly (readonly [name: string, text: (length: number) => string])[] = [
  ...Object.entries(UNITS).map(([name, unit]) => [name, (length: number) => hostileText(unit, length)] as const),
  ['all of it in turns', (length) => MIXED.slice(0, length)],
];

/** Milliseconds for which the reader itself kept this thread's processor, whatever else the machine does. */
function timeOf(read: (text: string) => unknown, text: string): number {
  const before = process.threadCpuUsage();
  read(text);
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** What held the reader up, in words; the time of a look in milliseconds otherwise. */
function look(read: (text: string) => unknown, text: (length: number) => string, length: number): string | number {
  const took = (size: number): number => timeOf(read, text(size));
  const first = took(length);
  if (first < NOISE_MS) return first;
  // the best of three: the first calls also compile the reader
  const once = Math.min(first, took(length), took(length));
  if (once < NOISE_MS) return once;
  const twice = Math.min(took(2 * length), took(2 * length), took(2 * length));
  return twice > once * MOST_GROWTH
    ? `${String(Math.round(once))} ms for ${String(length)} characters, ${String(Math.round(twice))} ms for twice as many`
    : once;
}

/** With it every kind of text stands in every place (`npm run campaign -- readers`), not one in `SAMPLE` of them. */
const isWhole = process.env['SLIPWAY_CAMPAIGN'] === 'whole';
const SAMPLE = 4;

/** The kinds for the place of this number: all of them alone, and a part of them between others, each time the next part. */
const shapesFor = (place: number): typeof HOSTILE_SHAPES =>
  isWhole || place === 0 ? HOSTILE_SHAPES : HOSTILE_SHAPES.filter((_, i) => i % SAMPLE === place % SAMPLE);

/**
 * The texts over which the time of `read` grows faster than they do, in words, and the one of 1 MB over which it takes more than its
 * bound; empty when it is linear and quick. Each kind of text stands alone; between letters, and between the two parts of each of
 * `around`, a sample of them does, the same in each run. A look at little comes first, so that a slow reader does not hold up who asks.
 */
export function slowOver(read: (text: string) => unknown, around: readonly Around[] = []): string[] {
  const slow: string[] = [];
  let slowest = { ms: -1, text: HOSTILE_SHAPES[0]?.[1] ?? ((): string => ''), name: '' };
  const places: readonly Around[] = [['', ''], ['x', 'x'], ...around];
  for (const [place, [before, after]] of places.entries()) {
    for (const [shape, text] of shapesFor(place)) {
      const name =
        before + after === ''
          ? shape
          : `${shape} between ${JSON.stringify(before.slice(-40))} and ${JSON.stringify(after.slice(0, 40))}`;
      const whole = (length: number): string => before + text(length) + after;
      const little = look(read, whole, FIRST);
      const much = typeof little === 'string' ? little : look(read, whole, SECOND);
      if (typeof much === 'string') slow.push(`${name}: ${much}`);
      else if (much > slowest.ms) slowest = { ms: much, text: whole, name };
    }
  }
  if (slow.length > 0) return slow;
  const third = look(read, slowest.text, THIRD);
  if (typeof third === 'string') return [`${slowest.name}: ${third}`];
  const text = slowest.text(WHOLE);
  let best = Infinity;
  for (let i = 0; i < 3 && best > NOMINAL_MS * PATIENCE; i += 1) best = Math.min(best, timeOf(read, text));
  return best > NOMINAL_MS * PATIENCE ? [`${slowest.name}: ${String(Math.round(best))} ms for 1 MB`] : [];
}
