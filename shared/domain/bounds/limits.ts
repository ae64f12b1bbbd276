/**
 * How much one call may carry. Every schema of an input takes its bounds from here, so that no caller decides how long Slipway thinks;
 * apart from the schemas, so that the page can use them without their library.
 */

/** Characters (UTF-16 units) of a text: a template, a script, a text edited by hand. As many as a template file has bytes at most. */
export const MAX_TEXT = 1_048_576;
/** All texts of one call together, where it takes several. */
export const MAX_TEXTS = 4 * MAX_TEXT;
/** Characters of what a person types into one field of a form. */
export const MAX_FIELD = 65_536;
/** Characters of one line: a path, a command, the value of an option. Longer than PATH_MAX (4096 bytes) helps nobody. */
export const MAX_LINE = 4096;
/** Characters of a name: NAME_MAX of Linux, and the longest host name (RFC 1035). */
export const MAX_NAME = 255;
/** Entries of a list or a record, unless its own kind is smaller. */
export const MAX_ITEMS = 1000;
/** Epoch milliseconds: the last moment that a JavaScript Date knows. */
export const MAX_TIME = 8_640_000_000_000_000;

/** Values, levels and characters that plain data within a call has at most. */
export const PLAIN_DATA_LIMITS = { values: 10_000, depth: 32, characters: MAX_TEXT } as const;
/** What a whole call has at most before its schema looks at it, which goes through records to their end but finds a long text at once. */
export const CALL_LIMITS = { values: 100_000, depth: Infinity, characters: Infinity } as const;
/** Bytes of the largest call as JSON: a character may be written `\u0000`, a number takes up to 25 of them with its comma. */
export const MAX_CALL_BYTES = 6 * (MAX_TEXTS + MAX_TEXT) + 32 * CALL_LIMITS.values;
