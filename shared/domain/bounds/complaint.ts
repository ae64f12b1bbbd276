import type { z } from 'zod';
import { formatBytes } from '../../lib/bytes.ts';
import { isMessage, message, quoted, type Message } from '../../messages/message.ts';
import { MAX_TEXT } from './limits.ts';

/** Options of a check of our own (`refine`, `addIssue`): what it says of a value that does not pass. */
export const said = (complaint: Message): { params: { said: Message } } => ({ params: { said: complaint } });

const KINDS: Readonly<Record<string, Message>> = {
  string: message('complaints.kind.text'),
  number: message('complaints.kind.number'),
  int: message('complaints.kind.whole'),
  boolean: message('complaints.kind.flag'),
  array: message('complaints.kind.list'),
  object: message('complaints.kind.map'),
  record: message('complaints.kind.map'),
  null: message('complaints.kind.null'),
};
const kindNamed = (name: string): Message =>
  (Object.hasOwn(KINDS, name) ? KINDS[name] : undefined) ?? message('complaints.kind.other');
const kindOf = (value: unknown): Message =>
  kindNamed(value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value);

/** What a path leads to within what was given; undefined where it leads nowhere. */
function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, step)
        ? (value as Record<PropertyKey, unknown>)[step]
        : undefined,
    root,
  );
}

/** What is wrong with one field, as the end of a sentence about it. What we have no words for, the schema library says in its own. */
export function complaintOf(issue: z.core.$ZodIssue, input: unknown): Message {
  switch (issue.code) {
    case 'invalid_type':
      return expected(kindNamed(issue.expected), valueAt(input, issue.path));
    case 'too_big':
      return tooBig(issue);
    case 'too_small':
      return tooSmall(issue);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_format':
      return issue.format === 'starts_with' && 'prefix' in issue && typeof issue.prefix === 'string'
        ? message('complaints.startsWith', { prefix: issue.prefix })
        : 'pattern' in issue && typeof issue.pattern === 'string'
          ? message('complaints.form', { pattern: issue.pattern })
          : quoted(issue.message);
    case 'unrecognized_keys':
      return message('complaints.unknownKeys', { keys: issue.keys.slice(0, 10).join(', ').slice(0, 200) });
    case 'invalid_union':
      return ofUnion(issue, valueAt(input, issue.path));
    case 'custom':
      return isMessage(issue.params?.['said']) ? issue.params['said'] : quoted(issue.message);
    default:
      return quoted(issue.message);
  }
}

const expected = (kind: Message, found: unknown): Message =>
  found === undefined
    ? message('complaints.missing', { kind })
    : message('complaints.expected', { kind, found: kindOf(found) });

function oneOf(values: readonly unknown[]): Message {
  const words = values.map(String);
  return words.length === 1
    ? message('complaints.exactly', { value: words[0] ?? '' })
    : message('complaints.oneOf', { values: words.slice(0, 30).join(', ') });
}

function tooBig({ origin, maximum, inclusive }: z.core.$ZodIssueTooBig): Message {
  const most = Number(maximum);
  if (origin === 'string')
    return most >= MAX_TEXT
      ? message('complaints.muchText', { most: formatBytes(most) })
      : message('complaints.manyCharacters', { most });
  if (origin === 'array' || origin === 'set') return message('complaints.manyEntries', { most });
  return inclusive === false ? message('complaints.lessThan', { most }) : message('complaints.atMost', { most });
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): Message {
  const least = Number(minimum);
  const counts = origin === 'string' || origin === 'array' || origin === 'set';
  if (counts && least === 1) return message('complaints.empty');
  if (origin === 'string') return message('complaints.fewCharacters', { least });
  if (counts) return message('complaints.fewEntries', { least });
  return inclusive === false ? message('complaints.moreThan', { least }) : message('complaints.atLeast', { least });
}

/** Of a value that may be of several kinds: which, where that is all that is wrong. */
function ofUnion(issue: z.core.$ZodIssueInvalidUnion, found: unknown): Message {
  if ('options' in issue && Array.isArray(issue.options)) return oneOf(issue.options);
  const kinds = issue.errors.map(([first]) =>
    first?.code === 'invalid_type' && first.path.length === 0 ? kindNamed(first.expected) : null,
  );
  const known = kinds.filter((kind) => kind !== null);
  const [one, ...others] = known.filter((kind, at) => known.findIndex(({ id }) => id === kind.id) === at);
  if (one === undefined || known.length !== kinds.length) return message('complaints.noForm');
  return expected(
    others.reduce((before, other) => message('complaints.or', { one: before, other }), one),
    found,
  );
}
