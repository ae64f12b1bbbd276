import { app, BrowserWindow, dialog, Menu, Notification, powerMonitor } from 'electron';
import path from 'node:path';
import { toWire } from '../../../shared/errors/appError.ts';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { plain, plainJson } from '../../../shared/lib/plain.ts';
import { programFolder } from '../appFolders.ts';
import { givenNativeBinding } from '../nativeBinding.ts';
import { startProgram, type Program } from '../program.ts';
import { programVersion } from '../version.ts';
import { watchWake, type WakeWatch } from '../wakeWatch.ts';
import { serveApp } from './appProtocol.ts';
import { openBridge } from './bridge.ts';
import { createKeychainVault } from './keychainVault.ts';
import { refusePermissions } from './lockdown.ts';
import { openWindow } from './window.ts';

/** The app in one process: the program, its one window, and the end of both. */
export function runApplication(dataFolder: string): void {
  let window: BrowserWindow | null = null;
  let program: Program | null = null;
  let bridge: Disposable | null = null;

  function showWindow(): BrowserWindow {
    if (window === null) {
      window = openWindow(dataFolder);
      window.on('closed', () => {
        window = null;
      });
    }
    return window;
  }

  async function start(): Promise<void> {
    refusePermissions();
    serveApp(path.join(programFolder(), 'out', 'renderer'));
    if (process.platform !== 'darwin') Menu.setApplicationMenu(null);
    // the page loads while the store and the sessions open; its first calls wait for them
    const { webContents } = showWindow();
    const drawn = new Promise<void>((resolve) => {
      webContents.once('did-stop-loading', () => resolve());
    });
    const starting = begin(drawn);
    bridge = openBridge(starting, () => window);
    program = await starting;
  }

  /** The system tells of sleep and waking; what it does not tell (another network, a virtual machine that stood still) is noticed. */
  function watchPower(): WakeWatch {
    const wake = watchWake();
    powerMonitor.on('suspend', () => wake.goesToSleep());
    powerMonitor.on('resume', () => wake.resumed());
    return wake;
  }

  async function begin(drawn: Promise<void>): Promise<Program> {
    return startProgram({
      drawn,
      wake: watchPower(),
      host: 'electron',
      version: programVersion(),
      dataFolder,
      nativeBinding: app.isPackaged ? undefined : givenNativeBinding(),
      vault: await createKeychainVault(path.join(dataFolder, 'vault')),
      notifier: {
        notify: ({ title, body }) => {
          if (!Notification.isSupported()) return;
          const note = new Notification({ title, body });
          note.on('click', () => showWindow().show());
          note.show();
        },
      },
    });
  }

  async function closeAll(running: Program): Promise<void> {
    await bridge?.dispose();
    await running.dispose();
  }

  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  app.on('second-instance', () => {
    const shown = showWindow();
    if (shown.isMinimized()) shown.restore();
    shown.focus();
  });
  app.on('activate', () => {
    if (program !== null) showWindow();
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  let closed = false;
  app.on('will-quit', (event) => {
    if (closed || program === null) return;
    event.preventDefault();
    void closeAll(program).finally(() => {
      closed = true;
      app.quit();
    });
  });
  app
    .whenReady()
    .then(start)
    .catch((error: unknown) => {
      const { code, message, hint, details } = toWire(error);
      process.stderr.write(`slipway: ${plain(message)} ${plainJson(details)}\n`);
      dialog.showErrorBox('Slipway cannot start', `${message}\n\n${hint}\n\n(${String(code)})`);
      app.exit(1);
    });
}
