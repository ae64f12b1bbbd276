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
