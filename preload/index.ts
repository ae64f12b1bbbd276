import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { BRIDGE_CHANNELS, type Bridge } from '../shared/contract/bridge.ts';
import type { AnyEvent } from '../shared/contract/index.ts';

const bridge = {
  invoke: (name, input, callId) => ipcRenderer.invoke(BRIDGE_CHANNELS.invoke, name, input, callId),
  cancel: (callId) => ipcRenderer.send(BRIDGE_CHANNELS.cancel, callId),
  subscribe: (listener) => {
    const forward = (_: unknown, event: AnyEvent): void => listener(event);
    ipcRenderer.on(BRIDGE_CHANNELS.event, forward);
    return () => ipcRenderer.off(BRIDGE_CHANNELS.event, forward);
  },
  // Only a real File has a path: the page cannot name one. A file made by script has none and is refused in main.
  grant: (file) => ipcRenderer.invoke(BRIDGE_CHANNELS.grant, webUtils.getPathForFile(file)),
  choose: (what) => ipcRenderer.invoke(BRIDGE_CHANNELS.choose, what),
} satisfies Bridge;

contextBridge.exposeInMainWorld('slipway', bridge);
