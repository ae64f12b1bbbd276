import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { longNames, longOption, SBATCH_RELEASES, type FoundOption } from '../../shared/domain/request/sbatchOptions.ts';
import { directive, optionKey, ownOptions } from '../../shared/domain/request/options.ts';
import { readSbatchLines } from './sbatchLines.ts';
import { foretold, spelledScript, SPELLINGS, type Submitted } from './testing/sbatchSpellings.ts';

const SITE = { account: 'slipway', cluster: 'slipway' };

/** Recorded on 22.05.8; the contract suite asks sbatch again. */
const table = JSON.parse(
  readFileSync(new URL('./__fixtures__/22.05.8/sbatch-spellings.json', import.meta.url), 'utf8'),
) as { lines: string; submitted: Submitted | null }[];

describe('our reading of a script', () => {
  const plain = table.find(({ lines }) => lines === '')?.submitted;
  if (plain == null) throw new Error('the fixture says nothing of a plain script');

  it('is judged by what sbatch made of every spelling', () => {
    expect(table.map(({ lines }) => lines)).toEqual(SPELLINGS);
    expect(table.length).toBeGreaterThan(200);
  });

  it.each(table.map(({ lines, submitted }) => [lines, submitted] as const))(
    'is that of sbatch: %j',
    (lines, submitted) => {
      for (const release of ['22.05', null] as const) {
        const read = readSbatchLines(spelledScript(lines, SITE).split('\n'), release);
        // a value that means nothing, a second component, a job that Slipway would not submit so: those are refused by their meaning
        const isRefused =
          read.faults.length > 0 ||
          (read.components[0] ?? []).some(
            ({ key, value, isKnown }) => !isKnown || !['line', 'absent'].includes(directive(key, value).kind),
          );
        if (submitted === null) expect(isRefused).toBe(true);
        else {
          expect(read.faults).toEqual([]);
          expect(foretold(read, plain, SITE)).toEqual(submitted);
        }
      }
    },
  );
});

describe('a beginning of an option’s name', () => {
  const own = new Set(ownOptions().map(({ key }) => key));
  const isOwn = (found: FoundOption): boolean => found.kind === 'option' && own.has(optionKey(found.option.name));
  const beginnings = [...new Set(longNames().flatMap((name) => Array.from(name, (_, i) => name.slice(0, i + 1))))];

  it('is no way past what belongs to Slipway, in any release', () => {
    expect(beginnings.length).toBeGreaterThan(600);
    for (const begun of beginnings) {
      if (!SBATCH_RELEASES.some((release) => isOwn(longOption(begun, release)))) continue;
      // taken for that option, or refused as meaning several
      const found = longOption(begun);
      expect([begun, isOwn(found) || found.kind === 'ambiguous']).toEqual([begun, true]);
      expect([begun, directive(optionKey(begun), 'x').kind === 'line']).toEqual([begun, false]);
    }
  });

  it('is never written into a script', () => {
    for (const begun of beginnings) {
      const result = directive(optionKey(begun), '1');
      if (result.kind === 'line') expect(longNames()).toContain(begun);
    }
  });
});
