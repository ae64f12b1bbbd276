import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { homedir } from 'node:os';
import path from 'node:path';
import type { PlaceKind } from '../../../shared/contract/bridge.ts';
import { type Language, say } from '../../../shared/messages/catalogue.ts';
import { message, type Message } from '../../../shared/messages/message.ts';

/** Dialogs of the system, which the page can ask for and cannot answer: what the page says has no part in their words. */
const DIALOGS: Record<PlaceKind, { title: Message } & Omit<OpenDialogOptions, 'title'>> = {
  templates: { title: message('dialogs.chooseTemplates'), properties: ['openDirectory', 'createDirectory'] },
  key: {
    title: message('dialogs.chooseKey'),
    defaultPath: path.join(homedir(), '.ssh'),
    properties: ['openFile', 'showHiddenFiles'],
  },
  knownHosts: {
    title: message('dialogs.chooseKnownHosts'),
    defaultPath: path.join(homedir(), '.ssh'),
    properties: ['openFile', 'promptToCreate', 'showHiddenFiles'],
  },
  agent: { title: message('dialogs.chooseAgent'), properties: ['openFile', 'showHiddenFiles'] },
};

/** The path that the person chose, or null. */
export async function choosePlace(
  window: BrowserWindow | null,
  kind: PlaceKind,
  language: Language,
): Promise<string | null> {
  const options: OpenDialogOptions = { ...DIALOGS[kind], title: say(language, DIALOGS[kind].title) };
  const { canceled, filePaths } = await (window === null
    ? dialog.showOpenDialog(options)
    : dialog.showOpenDialog(window, options));
  return canceled ? null : (filePaths[0] ?? null);
}

/** Says that jobs of the demo cluster run here. True when the person agrees. */
export async function confirmDemo(window: BrowserWindow, language: Language): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    title: 'Slipway',
    message: say(language, message('dialogs.demo')),
    detail: say(language, message('dialogs.demoRunsHere')),
    buttons: [say(language, message('dialogs.runHere')), say(language, message('dialogs.cancel'))],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}
