/**
 * What text from outside may not carry to a terminal or onto the screen: control characters (C0 but tab and newline, DEL, C1), which move
 * cursors and rename windows; the bidirectional controls that reorder a sentence (U+202A–202E, U+2066–2069); the two separators that break
 * lines where nobody looks for it (U+2028, U+2029); and lone surrogates. Source: UAX #9, section 2; ECMA-48.
 */
const UNSAFE = /(?![\t\n])[\p{Cc}\p{Cs}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu;

/**
 * Text from outside as it may be printed or shown: each character of `UNSAFE` is made visible as U+FFFD; newlines and tabs stay. An escape
 * sequence loses its ESC, and what is left of it is harmless and can be seen.
 */
export function plain(text: string): string {
  return text.replaceAll(/\r\n?/g, '\n').replaceAll(UNSAFE, '\uFFFD');
}

/** The same on one line: a name, a cell of a table. */
export function plainLine(text: string): string {
  return plain(text).replaceAll(/[\t\n]/g, '\uFFFD');
}

/** True for what can be a name: not blank, on one line, and with nothing in it that `plainLine` would have to take out. */
export function isPlainName(text: string): boolean {
  return text.trim() !== '' && plainLine(text) === text;
}

/** A value as JSON in which what is unsafe is written as `\uXXXX`: the same value to whoever parses it. */
export function plainJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).replaceAll(
    UNSAFE,
    (unsafe) => `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
