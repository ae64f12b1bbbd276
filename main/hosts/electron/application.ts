import { languageOf, say } from '../../../shared/messages/catalogue.ts';
import { app, BrowserWindow, dialog, Menu, Notification, powerMonitor } from 'electron';
import path from 'node:path';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import { plain, plainJson } from '../../../shared/lib/plain.ts';
import { isMessage, quoted } from '../../../shared/messages/message.ts';
import { programFolder } from '../appFolders.ts';
import { givenNativeBinding } from '../nativeBinding.ts';
import { guardProcess } from '../processGuard.ts';
import { startProgram, type Program } from '../program.ts';
import { recoverStore } from '../recovery.ts';
import { programVersion } from '../version.ts';
import { watchWake, type WakeWatch } from '../wakeWatch.ts';
import { serveApp } from './appProtocol.ts';
import { openBridge, type Bridge } from './bridge.ts';
import { damageDialog } from './damageDialog.ts';
import { createKeychainVault } from './keychainVault.ts';
import { confirmDemo } from './dialogs.ts';
import { openLink } from './openLink.ts';
import { linkAmong, type LinkInbox } from './links.ts';
import { refusePermissions } from './lockdown.ts';
import { openWindow } from './window.ts';

/** The app in one process: the program, its one window, and the end of both. */
export function runApplication(dataFolder: string, links: LinkInbox): void {
  const guard = guardProcess();
  const nativeBinding = app.isPackaged ? undefined : givenNativeBinding();
  let window: BrowserWindow | null = null;
  let program: Program | null = null;
  let bridge: Bridge | null = null;

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
    const starting = beginOrRecover(drawn);
    bridge = openBridge(starting, () => window);
    program = await starting;
    links.openWith((link) => void openLink(starting, showWindow, link));
  }

  /** The system tells of sleep and waking; what it does not tell (another network, a virtual machine that stood still) is noticed. */
  function watchPower(): WakeWatch {
    const wake = watchWake();
    const suspend = (): void => wake.goesToSleep();
    const resume = (): void => wake.resumed();
    powerMonitor.on('suspend', suspend).on('resume', resume);
    return {
      ...wake,
      dispose: () => {
        powerMonitor.off('suspend', suspend).off('resume', resume);
        return wake.dispose();
      },
    };
  }

  /** Begins; when the database is damaged, as the person chooses how to go on. No core runs while the question is open. */
  async function beginOrRecover(drawn: Promise<void>): Promise<Program> {
    try {
      return await begin(drawn);
    } catch (error) {
      if (!AppError.is(error, 'STORE_DAMAGED')) throw error;
      const { reason, copyAt } = error.details;
      const { choices, ...question } = damageDialog(
        isMessage(reason) ? reason : quoted(String(reason)),
        typeof copyAt === 'number' ? copyAt : null,
        // the language of the settings stands in the database
        languageOf('system', app.getLocale()),
      );
      const { response } = await dialog.showMessageBox({
        type: 'error',
        title: 'Slipway',
        noLink: true,
        defaultId: 0,
        cancelId: choices.length - 1,
        ...question,
      });
      const choice = choices[response] ?? null;
      if (choice === null) {
        app.exit(1);
        throw error;
      }
      await recoverStore(dataFolder, choice, { nativeBinding });
      return begin(drawn);
    }
  }

  async function begin(drawn: Promise<void>): Promise<Program> {
    const wake = watchPower();
    const vault = await createKeychainVault(path.join(dataFolder, 'vault'));
    const running = startProgram({
      guard,
      drawn,
      wake,
      host: 'electron',
      version: programVersion(),
      dataFolder,
      nativeBinding,
      vault,
      confirmDemo: (language) => confirmDemo(showWindow(), languageOf(language, app.getLocale())),
      onUpdating: (progress) => {
        // from 0 to 1; more than that would be a bar without an end
        window?.setProgressBar(progress.total === 0 ? 0 : progress.done / progress.total);
        bridge?.send({ name: 'app.updating', payload: progress });
      },
      notifier: {
        notify: ({ title, body, language }) => {
          if (!Notification.isSupported()) return;
          const spoken = languageOf(language, app.getLocale());
          const note = new Notification({ title: say(spoken, title), body: say(spoken, body) });
          note.on('click', () => showWindow().show());
          note.show();
        },
      },
    });
    // a start that failed before it took the watch over
    running.catch(() => void wake.dispose());
    return running.finally(() => window?.setProgressBar(-1));
  }

  async function closeAll(running: Program): Promise<void> {
    await bridge?.dispose();
    await running.dispose();
  }

  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  // the packages for macOS and Linux say it in their own files
  if (app.isPackaged && process.platform === 'win32')
    app.setAsDefaultProtocolClient('slipway', process.execPath, ['--']);
  app.on('second-instance', (_, argv) => {
    const shown = showWindow();
    if (shown.isMinimized()) shown.restore();
    shown.focus();
    const link = linkAmong(argv);
    if (link !== null) links.add(link);
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
