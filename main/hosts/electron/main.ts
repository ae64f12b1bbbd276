/**
 * What must be settled before Electron is ready, in a file that is loaded at once (.dev/vite.electron.config.ts); the rest of the
 * program comes after it. A module that is still being read when Electron becomes ready is too late for these.
 */
import { app, dialog } from 'electron';
import path from 'node:path';
import { defaultDataFolder } from '../appFolders.ts';
import { registerAppScheme } from './appScheme.ts';
import { foreignSwitches } from './foreignSwitches.ts';
import { linkAmong, LinkInbox, ownArguments } from './links.ts';
import { lockDown } from './lockdown.ts';

/** `--data DIR`, as the other hosts have it. */
function dataFolderFromArguments(): string {
  const own = ownArguments(process.argv);
  const at = own.indexOf('--data');
  const given = at === -1 ? undefined : own[at + 1];
  return path.resolve(given ?? defaultDataFolder());
}

const foreign = app.isPackaged ? foreignSwitches((name) => app.commandLine.hasSwitch(name)) : [];
if (foreign.length > 0) {
  process.stderr.write(
    `slipway: Slipway does not start with ${foreign.map((name) => `--${name}`).join(', ')}: others could take over its window. Start it without.\n`,
  );
  process.exit(1);
}
const dataFolder = dataFolderFromArguments();
// root can run Chromium only without its sandbox, and has said so; both together end in a crash
if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
registerAppScheme();
lockDown();
app.setName('Slipway');
// Chromium's own files beside ours, so that two data folders are two programs
app.setPath('userData', path.join(dataFolder, 'chromium'));

const links = new LinkInbox();
const first = linkAmong(process.argv);
if (first !== null) links.add(first);
// macOS tells of a link that started the app before it is ready
app.on('open-url', (event, link) => {
  event.preventDefault();
  links.add(link);
});

// out/main/application.js: bundled on its own, a module beside this file
const application = './application.js';
(import(/* @vite-ignore */ application) as Promise<typeof import('./application.ts')>)
  .then(({ runApplication }) => runApplication(dataFolder, links))
  .catch((error: unknown) => {
    // half an installation: there is nothing yet that could say it better
    process.stderr.write(`slipway: ${String(error)}\n`);
    dialog.showErrorBox('Slipway cannot start', `Its files cannot be loaded. Install it anew.\n\n${String(error)}`);
    app.exit(1);
  });
