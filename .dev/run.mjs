/** `npm run serve`, `npm run cli`, `npm run bench`: builds when a source has changed, then runs the program with the given arguments. */
import path from 'node:path';
import { installIfNeeded, node, requireNode20, requireNodeApi10, root, run } from './environment.mjs';

const PROGRAMS = {
  serve: ['out/main/serve.js'],
  cli: ['out/main/cli.js'],
  bench: ['bench/run.ts'],
  pictures: ['e2e/pictures.ts'],
};

requireNode20();
installIfNeeded();
requireNodeApi10();
const [name, ...passed] = process.argv.slice(2);
const program = PROGRAMS[name];
if (program === undefined) throw new Error(`run.mjs takes one of ${Object.keys(PROGRAMS).join(', ')}`);
if ((await run(node(), [path.join(import.meta.dirname, 'build.mjs'), '--if-needed'])) !== 0) process.exit(1);
process.exit(await run(node(), [...program.map((file) => path.join(root, file)), ...passed]));
