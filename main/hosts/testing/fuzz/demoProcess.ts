/** A demo cluster in a process of its own: `node demoProcess.ts FOLDER` prints where it is and ends with its standard input. */
import { startDemoCluster } from '../../../demo/index.ts';

const demo = await startDemoCluster({ dataFolder: process.argv[2] ?? '', clockScale: 10 });
const { port, user, privateKeyPath, hostKeyFingerprint, imageFolders } = demo;
process.stdout.write(`${JSON.stringify({ port, user, privateKeyPath, hostKeyFingerprint, imageFolders })}\n`);
process.stdin.resume().on('close', () => {
  void Promise.resolve(demo.dispose()).then(() => process.exit(0));
});
