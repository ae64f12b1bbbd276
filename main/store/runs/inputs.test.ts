import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DICTIONARIES, NEWEST_DICTIONARY } from './dictionaries.ts';
import { packInputs, unpackInputs } from './inputs.ts';

/** What is stored was compressed with these very bytes. A number that is missing here belongs to a dictionary that is new. */
const SHIPPED: Readonly<Record<string, string>> = {
  1: '2b76e76fe5d3275cc5dd552106e79987f2166b9a181600d493aea82c3f4ca2f9',
};

const OFFICIAL = path.resolve(import.meta.dirname, '../../../templates/official');

/** Whole scripts as templates of ours make them, the run protocol aside, which the golden scripts leave out. */
const scripts = readdirSync(OFFICIAL, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.includes('.golden') && name.endsWith('.sh'))
  .map((name) => readFileSync(path.join(OFFICIAL, name), 'utf8'));
const protocol = readFileSync(path.resolve(import.meta.dirname, '../../slurm/__golden__/runProtocol.sh'), 'utf8');

describe('the inputs of a run', () => {
  it('can be read for ever: a dictionary that has shipped is never changed or taken away', () => {
    const now = Object.entries(DICTIONARIES).map(([number, text]) => [
      number,
      createHash('sha256').update(text).digest('hex'),
    ]);
    expect(Object.fromEntries(now)).toEqual(SHIPPED);
  });

  it('come back as they were, whichever dictionary they were packed with', () => {
    const json = JSON.stringify({ script: `${scripts.join('')}${protocol}`, 값: '한국어 🚢' });
    for (const number of Object.keys(DICTIONARIES).map(Number))
      expect(unpackInputs(packInputs(json, number as keyof typeof DICTIONARIES))).toBe(json);
  });

  it('are not read with a dictionary that this version does not know', () => {
    expect(() => unpackInputs({ ...packInputs('{}'), dictionary: NEWEST_DICTIONARY + 1 })).toThrow(/does not know/);
  });

  it('hold hardly anything of the run protocol: where this fails, scripts look different now, and a next dictionary is due', () => {
    const bytes = (text: string): number => packInputs(JSON.stringify({ script: text })).content.length;
    const added = scripts.map((script) => bytes(script + protocol) - bytes(script));
    expect(scripts.length).toBeGreaterThan(20);
    // a tenth of its length; without a dictionary it is a third
    expect(Math.max(...added)).toBeLessThan(protocol.length / 10);
  });
});
