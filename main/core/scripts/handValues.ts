/** Where the `#SBATCH` lines of an edited script ask for something else than the form: said at the field, with both values. */
import { formatBytes, parseSlurmMemory } from '../../../shared/lib/bytes.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { timeWords } from '../../../shared/domain/limits/words.ts';
import { coerceParameter } from '../../../shared/domain/template/parameters.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import { directive, optionFlag, optionName, type OptionValue } from '../../../shared/domain/request/options.ts';
import type { SourceSpan } from '../../../shared/domain/job/script.ts';
import type { Parameter } from '../../../shared/domain/template/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { parseSlurmDuration } from '../../../shared/lib/duration.ts';

const MEMORY = ['mem', 'mem_per_cpu', 'mem_per_gpu'];

/** Seconds or bytes where the option is a time or memory. */
function amountOf(key: string, value: OptionValue): number | null {
  if (key === 'time' || key === 'time_min') return parseSlurmDuration(String(value));
  return MEMORY.includes(key) ? parseSlurmMemory(String(value)) : null;
}

/** A value as people say it: `7 min`, `2 GiB`; what is no amount as it stands, and an option without a value by its name. */
export function valueWords(key: string, value: OptionValue): string | Message {
  const amount = amountOf(key, value);
  if (amount !== null) return MEMORY.includes(key) ? formatBytes(amount) : timeWords(amount);
  return value === true ? optionFlag(key) : String(value);
}

/** `7`, `7:00` and `00:07:00` are one time. */
function isSame(key: string, a: OptionValue, b: OptionValue): boolean {
  const amount = amountOf(key, a);
  return amount === null ? String(a) === String(b) : amount === amountOf(key, b);
}

const note = (
  field: string,
  what: Message,
  fix: { label: Message; value: string | number | boolean } | null,
): Problem =>
  problem({
    rule: 'hand-value',
    code: ERRORS.SCRIPT_EDIT_INVALID.code,
    severity: 'info',
    message: what,
    field,
    fix: fix && { ...fix, field },
  });

/** What a script asks for, by option. */
export type Asked = ReadonlyMap<string, OptionValue>;

/**
 * A note for each option of which script and form say something else, with what takes the script's value into the form. What is asked
 * for in the script alone has none: the form would write the option a second time. Values that cannot be used are not repeated here.
 */
export function handValues(inForm: Asked, inScript: Asked): Problem[] {
  const notes: Problem[] = [];
  for (const [key, there] of inScript) {
    const here = inForm.get(key);
    if (directive(key, there).kind !== 'line' || (here !== undefined && isSame(key, here, there))) continue;
    const words = valueWords(key, there);
    notes.push(
      here === undefined
        ? note(`resources.${key}`, message('scripts.setByHandOnly', { option: optionName(key), value: words }), null)
        : note(
            `resources.${key}`,
            message('scripts.changedByHand', { option: optionName(key), there: words, here: valueWords(key, here) }),
            { label: message('scripts.take', { value: words }), value: String(there) },
          ),
    );
  }
  for (const [key, here] of inForm) {
    if (inScript.has(key) || directive(key, here).kind !== 'line') continue;
    notes.push(
      note(
        `resources.${key}`,
        message('scripts.takenOutByHand', { option: optionName(key), here: valueWords(key, here) }),
        { label: message('scripts.takeOutHere'), value: '' },
      ),
    );
  }
  return notes;
}

/** A line that sets a variable to a value without quotes or anything that bash replaces. */
const PLAIN = /^export (PARAM_[A-Z0-9_]+)=([\w.,:+/@%-]*)$/;

/** The same for parameters: lines that set one to another plain value than the form. `spans` are those of the form's lines. */
export function handParameters(
  formLines: readonly string[],
  spans: readonly SourceSpan[],
  byHand: readonly string[],
  parameters: readonly Parameter[],
): Problem[] {
  const set = new Map(
    byHand.flatMap((line) =>
      PLAIN.exec(line) === null ? [] : [[PLAIN.exec(line)?.[1] ?? '', PLAIN.exec(line)?.[2] ?? ''] as const],
    ),
  );
  return parameters.flatMap((parameter) => {
    const field = `parameters.${parameter.name}`;
    const line = spans
      .filter((span) => span.field === field)
      .map(({ from }) => formLines[from - 1] ?? '')
      .find((text) => PLAIN.test(text));
    const [, variable = '', here = ''] = PLAIN.exec(line ?? '') ?? [];
    const there = set.get(variable);
    if (there === undefined || there === here) return [];
    const nothing = message('scripts.nothing');
    const value = coerceParameter(parameter, there);
    // a list, or what the field cannot hold, is left to the person
    return [
      note(
        field,
        message('scripts.changedByHand', { option: parameter.label, there: there || nothing, here: here || nothing }),
        value === null || Array.isArray(value)
          ? null
          : { label: message('scripts.take', { value: there || nothing }), value },
      ),
    ];
  });
}
