const SECRET_NAME = /pass|secret|token|key$/i;
const PRIVATE_KEY = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|$)/g;
const PUTTY_KEY = /PuTTY-User-Key-File-[\s\S]*/g;
const BEARER = /\bBearer\s+[A-Za-z0-9._~+/=-]+/gi;
const HIDDEN = '[redacted]';

/** Longest text and list, and deepest nesting, that a line of the log keeps. */
const MAX_TEXT = 16_384;
const MAX_ITEMS = 200;
const MAX_DEPTH = 8;

function redactText(text: string): string {
  const clean = text
    .replaceAll(PRIVATE_KEY, HIDDEN)
    .replaceAll(PUTTY_KEY, HIDDEN)
    .replaceAll(BEARER, `Bearer ${HIDDEN}`);
  return clean.length <= MAX_TEXT
    ? clean
    : `${clean.slice(0, MAX_TEXT)}… (${String(clean.length - MAX_TEXT)} more characters)`;
}

/**
 * A copy of a log entry's details that can be written as JSON and holds no secret: whatever has a name like a password's, and
 * every text that looks like a private key or a bearer token. What is too long or too deep is cut, and says so.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'boolean' || value === null) return value;
  if (typeof value !== 'object') return undefined;
  if (depth >= MAX_DEPTH) return '[nested too deeply]';
  if (value instanceof Error) {
    // name, message, stack and cause are not enumerable
    return redact(
      {
        ...Object.fromEntries(Object.entries(value)),
        name: value.name,
        message: value.message,
        stack: value.stack,
        ...(value.cause === undefined ? {} : { cause: value.cause }),
      },
      depth,
    );
  }
  if (value instanceof Uint8Array) return `[${String(value.length)} bytes]`;
  if (Array.isArray(value)) {
    const kept = value.slice(0, MAX_ITEMS).map((item) => redact(item, depth + 1) ?? null);
    return value.length <= MAX_ITEMS ? kept : [...kept, `[${String(value.length - MAX_ITEMS)} more]`];
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      SECRET_NAME.test(name) && item != null ? HIDDEN : redact(item, depth + 1),
    ]),
  );
}
