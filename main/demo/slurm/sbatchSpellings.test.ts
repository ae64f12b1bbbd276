import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { quote } from '../../../shared/lib/quote.ts';
import { spelledScript, SUBMIT_AND_SHOW, submittedOf, type Submitted } from '../../slurm/testing/sbatchSpellings.ts';
import { DemoForTest } from '../testing/demo.ts';

const SITE = { account: 'demo', cluster: 'demo' };
/** Recorded on 22.05.8. */
const table = JSON.parse(
  readFileSync(new URL('../../slurm/__fixtures__/22.05.8/sbatch-spellings.json', import.meta.url), 'utf8'),
) as { lines: string; submitted: Submitted | null }[];

/** What the demo knows that it does otherwise: of several partitions it takes the first, and it has no heterogeneous jobs. */
const OTHERWISE = new Map<string, (job: Submitted) => Submitted | null>([
  ['#SBATCH --partition=debug,long', (job) => ({ ...job, partition: 'debug' })],
  ['#SBATCH -J a\n#SBATCH hetjob\n#SBATCH -J b', () => null],
  ['#SBATCH hetjob', () => null],
]);

describe('sbatch of the demo cluster, given what the real one was given', () => {
  let demo: DemoForTest;
  let made: Map<string, Submitted | null>;
  beforeAll(async () => {
    demo = await DemoForTest.start();
    const each = table.map(
      ({ lines }) => `printf '%s' ${quote(spelledScript(lines, SITE))} >case.sh; echo @@@; ${SUBMIT_AND_SHOW}`,
    );
    const { stdout } = await demo.run(each.join('\n'));
    made = new Map(
      stdout
        .split('@@@\n')
        .slice(1)
        .map((shown, at) => [table[at]?.lines ?? '', submittedOf(shown, demo.home, SITE)]),
    );
  }, 120_000);
  afterAll(() => demo[Symbol.asyncDispose]());

  it.each(table.map(({ lines, submitted }) => [lines, submitted] as const))(
    'makes the same of %j',
    (lines, submitted) => {
      const here = made.get(lines);
      // a partition's own time limit is another one here
      const isDefault = submitted?.seconds === 600;
      expect(here && isDefault ? { ...here, seconds: 600 } : here).toEqual(
        submitted && (OTHERWISE.get(lines)?.(submitted) ?? (OTHERWISE.has(lines) ? null : submitted)),
      );
    },
  );
});
