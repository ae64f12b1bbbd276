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
