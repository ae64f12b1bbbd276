/** Values of a parameter as the form's text fields show them, and as they are written into the file. */
import { textOf } from './outline.ts';

/** A default in one line: a list with commas. */
export function defaultText(value: unknown): string {
  return Array.isArray(value) ? value.map(textOf).join(', ') : textOf(value);
}

/** What a line of text means for a type; null: nothing. A text that is no number stays a text, so that its problem is shown. */
export function readDefault(text: string, type: string): unknown {
  if (text === '') return null;
  const number = /^-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text.trim()) ? Number(text) : null;
  switch (type) {
    case 'integer':
    case 'number':
      return number ?? text;
    case 'any':
      return text === 'true' ? true : text === 'false' ? false : (number ?? text);
    case 'multiselect':
      return text.split(',').flatMap((item) => item.trim() || []);
    default:
      return text;
  }
}

/** Options one a line: `value`, or `value = label`. */
export function optionLines(options: unknown): string {
  if (!Array.isArray(options)) return '';
  return options
    .map((option: unknown) => {
      if (typeof option !== 'object' || option === null) return textOf(option);
      const { value, label } = option as Record<string, unknown>;
      return label === undefined || label === value ? textOf(value) : `${textOf(value)} = ${textOf(label)}`;
    })
    .join('\n');
}

export type OptionLine = string | { value: string; label: string };

export function readOptionLines(text: string): OptionLine[] | null {
  const options = text.split('\n').flatMap((line): OptionLine[] => {
    const [value = '', ...label] = line.split(' = ');
    if (value.trim() === '') return [];
    return label.length === 0 ? [value.trim()] : [{ value: value.trim(), label: label.join(' = ').trim() }];
  });
  return options.length === 0 ? null : options;
}

type Data = Readonly<Record<string, unknown>>;
const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);
const isScalar = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);

/** `{field, is}`, or in short `{field: value}`; null for every other condition. */
export function simpleCondition(given: unknown): { field: string; is: unknown } | null {
  if (!isData(given)) return null;
  const [[key, value] = ['', null], ...more] = Object.entries(given);
  if ('field' in given)
    return isScalar(given['field']) && 'is' in given && more.length === 1
      ? { field: textOf(given['field']), is: given['is'] }
      : null;
  return more.length === 0 && isScalar(value) ? { field: key, is: value } : null;
}

/** The rules of a field as the file has them; null where they are something else, which the text shows. */
export function rulesOf(given: unknown): Data[] | null {
  if (given === undefined || given === null) return [];
  return Array.isArray(given) && given.every(isData) ? given : null;
}
