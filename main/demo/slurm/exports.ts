/**
 * Reads what bash's `export -p` prints: `declare -x NAME="value"` with `\`, `"`, `$` and the backtick escaped, or from bash 4.4 on
 * `declare -x NAME=$'value'` where something is not printable in bash's locale. Asking bash this way starts no process.
 */
const ENTRY = /declare -\w+ ([A-Za-z_]\w*)(?:="([^"\\]*(?:\\[^][^"\\]*)*)"|=\$'([^'\\]*(?:\\[^][^'\\]*)*)')?\n/g;

const LETTERS: Readonly<Record<string, number>> = {
  a: 7,
  b: 8,
  e: 27,
  E: 27,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '\\': 92,
  "'": 39,
  '"': 34,
  '?': 63,
};

/** Undoes `$'…'`: its octal escapes are bytes, which together make UTF-8. */
function ansi(quoted: string): string {
  const parts: Buffer[] = [];
  for (const [, plain, octal, letter] of quoted.matchAll(/([^\\]+)|\\([0-7]{1,3})|\\([^])/g)) {
    if (plain !== undefined) parts.push(Buffer.from(plain));
    else if (octal !== undefined) parts.push(Buffer.of(Number.parseInt(octal, 8) & 255));
    else if (letter !== undefined)
      parts.push(LETTERS[letter] === undefined ? Buffer.from(`\\${letter}`) : Buffer.of(LETTERS[letter]));
  }
  return Buffer.concat(parts).toString();
}

/** The exported variables by name. One that is exported without a value is left out, as execve leaves it out. */
export function parseExports(text: string): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [, name = '', double, single] of text.matchAll(ENTRY)) {
    if (double !== undefined)
      variables[name] = double.replaceAll(/\\([^])/g, (whole, letter: string) =>
        letter === '\n' ? '' : '\\"$`'.includes(letter) ? letter : whole,
      );
    else if (single !== undefined) variables[name] = ansi(single);
  }
  return variables;
}
