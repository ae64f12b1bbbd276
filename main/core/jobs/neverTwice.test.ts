import { describe } from 'vitest';
import { openTarget } from '../testing/clusterTarget.ts';
import { describeNeverTwice } from '../testing/neverTwice.ts';

describe('a job is submitted once and never lost', () =>
  describeNeverTwice(openTarget, Number(process.env['SLIPWAY_EFFORT'] ?? 1)));
