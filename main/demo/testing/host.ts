/** A process of its own that hosts the demo's Slurm, to be killed by a test: `node host.ts FOLDER`. */
import { startDemoSlurm } from '../slurm/index.ts';

const folder = process.argv[2];
if (folder === undefined) throw new Error('which folder?');
await startDemoSlurm({ folder });
process.stdout.write('ready\n');
// nothing else keeps the process alive: the demo must not keep an app from ending
setInterval(() => undefined, 60_000);
