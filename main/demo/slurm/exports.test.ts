import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBash } from '../bash.ts';
import { parseExports } from './exports.ts';

const bash = findBash();
const exported = (environment: Record<string, string>): Record<string, string> =>
  parseExports(execFileSync(bash, ['--norc', '-p', '-c', 'export -p'], { env: environment, encoding: 'utf8' }));

describe('what bash says of its exported variables', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom(
        '"',
        "'",
        '\\',
        '$',
        '`',
        '\n',
        '\t',
        '\u001b',
        ' ',
        '=',
        '!',
        'é',
        '한',
        'declare -x A="b"\n',
      ),
    }),
  );

  it.each(['C', 'C.UTF-8'])('is read back whole in the locale %s', (locale) => {
    const values = fc.array(
      value.filter((text) => !text.includes('\0')),
      { minLength: 20, maxLength: 20 },
    );
    fc.assert(
      fc.property(values, (texts) => {
        const environment = Object.fromEntries(texts.map((text, index) => [`V${index}`, text]));
        expect(exported({ ...environment, LC_ALL: locale })).toMatchObject(environment);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves out what has a name and no value', () => {
    expect(parseExports('declare -x OLDPWD\ndeclare -x A="1"\n')).toEqual({ A: '1' });
  });
});
