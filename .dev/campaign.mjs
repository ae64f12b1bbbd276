/**
 * `npm run campaign -- NAME …`: what `npm test` samples, at length. `fuzz [--seed 1,2] [--calls 52000] [--table]` calls every operation
 * with hostile inputs; `cuts [--effort 8]` cuts connections and kills processes at that many times as many points of a submission;
 * `readers` gives every kind of hostile text, in every place of an answer, to every reader of them.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import {
  installIfNeeded,
  node,
  programEnvironment,
  requireNode20,
  requireNodeApi10,
  root,
  run,
  say,
} from './environment.mjs';

// see vitestForks.ts
const NODE_FLAGS = ['--wasm-wrapper-tiering-budget=2147483647'];

const vitest = (environment, ...files) =>
  run(node(), [path.join(root, 'node_modules/vitest/vitest.mjs'), 'run', '-c', '.dev/vitest.config.ts', ...files], {
    ...programEnvironment(false),
    ...environment,
  });

const CAMPAIGNS = {
  fuzz: (passed) => run(node(), [...NODE_FLAGS, path.join(root, 'main/hosts/testing/fuzz/fuzz.ts'), ...passed]),
  cuts: (passed) => {
    const { effort } = parseArgs({ args: passed, options: { effort: { type: 'string', default: '8' } } }).values;
    return vitest({ SLIPWAY_EFFORT: effort }, 'main/core/jobs/neverTwice.test.ts');
  },
  readers: () =>
    vitest({ SLIPWAY_CAMPAIGN: 'whole' }, 'main/slurm/hostileOutput.test.ts', 'main/ssh/files/hostileFiles.test.ts'),
};

requireNode20();
installIfNeeded();
requireNodeApi10();
const [name = '', ...passed] = process.argv.slice(2);
if (!Object.hasOwn(CAMPAIGNS, name)) {
  say(`There is no campaign “${name}”; there are ${Object.keys(CAMPAIGNS).join(', ')}.`);
  process.exit(2);
}
process.exit(await CAMPAIGNS[name](passed));
