/** `npm run golden`: makes the scripts of the official templates anew, to be read through with `git diff` before they are committed. */
import path from 'node:path';
import { installIfNeeded, node, programEnvironment, requireNode20, root, run } from './environment.mjs';

requireNode20();
installIfNeeded();
const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
process.exit(
  await run(node(), [vitest, 'run', '-c', '.dev/vitest.config.ts', 'main/core/templates/goldenScripts.test.ts'], {
    ...programEnvironment(false),
    SLIPWAY_GOLDEN: 'write',
  }),
);
