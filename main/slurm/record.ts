/**
 * The frame in which our scripts answer: `@slipway HEAD`, then free text, then a last line `@slipway end`. Free text from outside
 * stands only between them, so it can never be taken for a head; without the last line the answer is cut.
 */
export const MARK = '@slipway';

/** sh function `say HEAD [TEXT]`: prints the record and ends the script. */
export const SAY = `say() { printf '${MARK} %s\\n%s\\n${MARK} end\\n' "$1" "$2"; exit 0; }`;

/** Words of the head and the text of a record, or null when it is cut or something else. */
export function readRecord(stdout: string): { head: string[]; text: string } | null {
  const lines = stdout.split('\n');
  const first = lines.findIndex((line) => line.startsWith(`${MARK} `));
  const last = lines.lastIndexOf(`${MARK} end`);
  if (first < 0 || last <= first) return null;
  return { head: (lines[first] ?? '').split(' ').slice(1), text: lines.slice(first + 1, last).join('\n') };
}
