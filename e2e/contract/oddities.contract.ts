import { afterAll, afterEach, beforeAll, describe, it } from 'vitest';
import type { ClusterTarget } from '../../main/core/testing/clusterTarget.ts';
import { onEveryTarget } from './clusterUnderTest.ts';
import { ASKING, USAGES, STARTS } from './oddities/asking.ts';
import { CANCELLING } from './oddities/cancelling.ts';
import { openOddCluster, type OddCluster } from './oddities/oddCluster.ts';
import type { OddRow } from './oddities/oddity.ts';
import { play } from './oddities/play.ts';
import { SUBMITTING } from './oddities/submitting.ts';
import { WATCHING } from './oddities/watching.ts';

const TABLE: readonly OddRow[] = [...SUBMITTING, ...WATCHING, ...CANCELLING, ...ASKING, ...USAGES, ...STARTS];
const titled = (rows: readonly OddRow[]): [string, string, OddRow][] => rows.map((row) => [row.deed, row.title, row]);

/** With room for a busy computer. */
const ROW_MS = 90_000;
const SLOW_ROW_MS = 240_000;

function quickRows(target: () => ClusterTarget): void {
  let cluster: OddCluster;
  beforeAll(async () => {
    cluster = await openOddCluster(target());
  });
  afterEach(() => cluster.calm());
  afterAll(() => cluster.dispose());
  it.each(titled(TABLE.filter(({ slow }) => slow !== true)))('%s: %s', (_, __, row) => play(cluster, row), ROW_MS);
}

/** What a person reads where one of Slurm's commands is odd. */
onEveryTarget('where Slurm is as it is somewhere', (target) => {
  describe('on one core,', () => {
    describe('in turn', { concurrent: false }, () => quickRows(target));
  });
  describe('on a core of its own', () => {
    it.each(titled(TABLE.filter(({ slow }) => slow === true)))(
      '%s: %s',
      async (_, __, row) => {
        const cluster = await openOddCluster(target());
        try {
          await play(cluster, row);
        } finally {
          await cluster.dispose();
        }
      },
      SLOW_ROW_MS,
    );
  });
});
