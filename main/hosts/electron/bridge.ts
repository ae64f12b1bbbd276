import { app, ipcMain, type BrowserWindow, type IpcMainEvent, type IpcMainInvokeEvent } from 'electron';
import type { AnyEvent } from '../../../shared/contract/index.ts';
import { BRIDGE_CHANNELS } from '../../../shared/contract/bridge.ts';
import { AppError, toWire } from '../../../shared/errors/appError.ts';
import { Purpose } from '../../core/places/grants.ts';
import { ResourceScope, type Disposable } from '../../../shared/lib/disposable.ts';
import { message } from '../../../shared/messages/message.ts';
import { languageOf } from '../../../shared/messages/catalogue.ts';
import { randomId, type Program } from '../program.ts';
import { APP_ORIGIN } from './appScheme.ts';
import { choosePlace } from './dialogs.ts';

export interface Bridge extends Disposable {
  /** Tells the page something; nothing happens without a page. */
  send(event: AnyEvent): void;
}

/**
 * The other end of preload, and the only place with ipcMain. Every message must come from the main frame of our own page;
 * then it is parsed by dispatch like any other host's. The page may call while the program is still starting: it is answered then.
 */
export function openBridge(starting: Promise<Program>, window: () => BrowserWindow | null): Bridge {
  const opened = new ResourceScope();
  const calls = new Map<string, AbortController>();

  const isOurs = (event: IpcMainEvent | IpcMainInvokeEvent): boolean => {
    const contents = window()?.webContents;
    // senderFrame is null when the frame has navigated or is gone
    return (
      contents !== undefined &&
      event.senderFrame !== null &&
      event.senderFrame === contents.mainFrame &&
      event.senderFrame.origin === APP_ORIGIN
    );
  };
  const refused = (): unknown => ({
    ok: false,
    error: toWire(new AppError('FORBIDDEN', { details: { reason: message('program.notOurPage') } })),
    requestId: '',
  });

  ipcMain.handle(BRIDGE_CHANNELS.invoke, async (event, name: unknown, input: unknown, callId: unknown) => {
    if (!isOurs(event) || typeof name !== 'string' || typeof callId !== 'string') return refused();
    const controller = new AbortController();
    calls.set(callId, controller);
    try {
      const { dispatch } = await starting;
      return await dispatch(name, input, { signal: controller.signal });
    } finally {
      calls.delete(callId);
    }
  });
  ipcMain.on(BRIDGE_CHANNELS.cancel, (event, callId: unknown) => {
    if (isOurs(event) && typeof callId === 'string') calls.get(callId)?.abort();
  });
  ipcMain.handle(BRIDGE_CHANNELS.grant, async (event, path: unknown) => {
    if (!isOurs(event)) return refused();
    const requestId = `q${randomId(15)}`;
    try {
      if (typeof path !== 'string' || path === '')
        throw new AppError('FILE_HANDLE_UNKNOWN', { details: { name: message('program.notDropped') } });
      const { core } = await starting;
      return { ok: true, value: await core.grantFile(path), requestId };
    } catch (error) {
      return { ok: false, error: toWire(error, requestId), requestId };
    }
  });
  let isChoosing = false;
  ipcMain.handle(BRIDGE_CHANNELS.choose, async (event, what: unknown) => {
    if (!isOurs(event)) return refused();
    const requestId = `q${randomId(15)}`;
    // one dialog at a time, however often it is asked for
    if (isChoosing) return { ok: true, value: null, requestId };
    isChoosing = true;
    try {
      const purpose = Purpose.exclude(['folder']).safeParse(what);
      if (!purpose.success)
        throw new AppError('INPUT_INVALID', { details: { reason: message('program.nothingToChoose') } });
      const { core } = await starting;
      const chosen = await choosePlace(window(), purpose.data, languageOf(core.language(), app.getLocale()));
      return { ok: true, value: chosen === null ? null : core.allowPlace(purpose.data, chosen, 'dialog'), requestId };
    } catch (error) {
      return { ok: false, error: toWire(error, requestId), requestId };
    } finally {
      isChoosing = false;
    }
  });
  const send = (event: AnyEvent): void => {
    const contents = window()?.webContents;
    if (contents !== undefined && !contents.isDestroyed()) contents.send(BRIDGE_CHANNELS.event, event);
  };
  void starting.then(
    ({ core }) => {
      opened.use(core.events.on(send));
    },
    // whoever starts the program says why it did not
    () => undefined,
  );
  opened.defer(() => {
    ipcMain.removeHandler(BRIDGE_CHANNELS.invoke);
    ipcMain.removeHandler(BRIDGE_CHANNELS.grant);
    ipcMain.removeHandler(BRIDGE_CHANNELS.choose);
    ipcMain.removeAllListeners(BRIDGE_CHANNELS.cancel);
    for (const controller of calls.values()) controller.abort();
  });
  return { send, dispose: () => opened.dispose() };
}
