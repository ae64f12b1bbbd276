import { english, inWords } from './catalogue.ts';
import { isMessage } from './message.ts';

/**
 * A value of the contract as programs read it: each message in it is its sentence in English, and a problem without a next step has an
 * empty one. What holds none is the same object, so that nothing large is copied for nothing.
 */
export function forPrograms(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (isMessage(value) && english.has(value.id)) return inWords(value);
  if (Array.isArray(value)) {
    const items = value.map((item: unknown) => forPrograms(item));
    return items.every((item, at) => item === value[at]) ? value : items;
  }
  const entries = Object.entries(value).map(([key, item]): [string, unknown] => [
    key,
    key === 'hint' && item === null ? '' : forPrograms(item),
  ]);
  return entries.every(([key, item]) => item === (value as Record<string, unknown>)[key])
    ? value
    : Object.fromEntries(entries);
}
