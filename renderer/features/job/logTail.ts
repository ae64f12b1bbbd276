/** Appends to a tail of an output and keeps about the last `most` characters, from the beginning of a line. */
export function logTail(before: string, added: string, most: number): string {
  const all = before + added;
  if (all.length <= most) return all;
  const cut = all.slice(-most);
  const line = cut.indexOf('\n');
  return line === -1 ? cut : cut.slice(line + 1);
}

/** Colours, cursor movements, titles: ECMA-48, 5.4. */
const ESCAPES = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** An output as plain lines: without colours, and with only what was written last where a progress bar overwrites its line. */
export function plainLines(text: string): string {
  return text
    .replaceAll(ESCAPES, '')
    .split('\n')
    .map((line) => {
      const kept = line.endsWith('\r') ? line.slice(0, -1) : line;
      return kept.slice(kept.lastIndexOf('\r') + 1);
    })
    .join('\n');
}
