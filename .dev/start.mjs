/**
 * `npm start`: installs if needed, builds, opens the app. Where Electron cannot run, serves the same interface to a browser.
 * `npm start -- --data DIR` keeps the data elsewhere.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import {
  findElectron,
  installIfNeeded,
  node,
  programEnvironment,
  requireNode20,
  requireNodeApi10,
  root,
  run,
  say,
} from './environment.mjs';

requireNode20();
installIfNeeded();
if ((await run(node(), [path.join(import.meta.dirname, 'build.mjs'), '--if-needed'])) !== 0) process.exit(1);

const passed = process.argv.slice(2);
const electron = findElectron();
if (electron.binary !== undefined) {
  // Chromium's sandbox refuses to run as root
  const asRoot = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  // a runtime given from outside may load us by import(), when it is too late for what must be settled first
  const early = process.env.ELECTRON_OVERRIDE_DIST_PATH ? ['-r', path.join(root, 'out/main/electron.cjs')] : [];
  process.exit(await run(electron.binary, [...asRoot, ...early, root, ...passed], programEnvironment(true)));
}

say(`The desktop window cannot open (${electron.reason}); Slipway is served to your browser instead.`);
requireNodeApi10();
const served = spawn(node(), [path.join(root, 'out/main/serve.js'), ...passed], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: programEnvironment(false),
});
createInterface({ input: served.stdout }).on('line', (line) => {
  process.stdout.write(
    `\n  Slipway is ready. Open this link:\n\n    ${JSON.parse(line).url}\n\n  Press Ctrl-C to end it.\n\n`,
  );
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => served.kill(signal));
served.on('exit', (code) => process.exit(code ?? 0));
