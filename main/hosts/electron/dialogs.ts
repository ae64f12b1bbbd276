import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { homedir } from 'node:os';
import path from 'node:path';
import type { PlaceKind } from '../../../shared/contract/bridge.ts';

/**
 * Dialogs of the system, which the page can ask for and cannot answer. Their words are not translated: the program's language is chosen in the
 * page, and what the page says has no part in them.
 */
const DIALOGS: Record<PlaceKind, OpenDialogOptions> = {
  templates: { title: 'Choose a folder of templates', properties: ['openDirectory', 'createDirectory'] },
  key: {
    title: 'Choose a private key or a certificate',
    defaultPath: path.join(homedir(), '.ssh'),
    properties: ['openFile', 'showHiddenFiles'],
  },
  knownHosts: {
    title: 'Choose a known_hosts file',
    defaultPath: path.join(homedir(), '.ssh'),
    properties: ['openFile', 'promptToCreate', 'showHiddenFiles'],
  },
  agent: { title: 'Choose the socket of an SSH agent', properties: ['openFile', 'showHiddenFiles'] },
};

/** The path that the person chose, or null. */
export async function choosePlace(window: BrowserWindow | null, kind: PlaceKind): Promise<string | null> {
  const options = DIALOGS[kind];
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return canceled ? null : (filePaths[0] ?? null);
}

/** Says that jobs of the demo cluster run here. True when the person agrees. */
export async function confirmDemo(window: BrowserWindow): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'Slipway',
    message: 'The demo cluster is this computer.',
    detail:
      'Jobs that you submit to it run here, as you, and can do what you can do: read and change your files, and use the network. Submit only scripts that you trust. Slipway says this once.',
    buttons: ['Run it here', 'Cancel'],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}
