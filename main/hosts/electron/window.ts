import { BrowserWindow, nativeTheme, screen } from 'electron';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { programFolder } from '../appFolders.ts';
import { APP_ORIGIN } from './appScheme.ts';

const Bounds = z.object({
  x: z.int().optional(),
  y: z.int().optional(),
  width: z.int().min(960),
  height: z.int().min(600),
  maximized: z.boolean(),
});

interface Place {
  bounds: { x: number; y: number; width: number; height: number } | { width: number; height: number };
  maximized: boolean;
}

function remembered(file: string): Place {
  try {
    const { x, y, width, height, maximized } = Bounds.parse(JSON.parse(readFileSync(file, 'utf8')));
    // a screen that was unplugged must not swallow the window
    const visible =
      x !== undefined &&
      y !== undefined &&
      screen
        .getAllDisplays()
        .some(
          ({ workArea: area }) =>
            x >= area.x - 50 && y >= area.y - 50 && x < area.x + area.width - 100 && y < area.y + area.height - 100,
        );
    return { bounds: visible ? { x, y, width, height } : { width, height }, maximized };
  } catch {
    return { bounds: { width: 1440, height: 900 }, maximized: false };
  }
}

/** The one window: sandboxed, isolated, at the size and place where it was left. */
export function openWindow(dataFolder: string): BrowserWindow {
  const file = path.join(dataFolder, 'window.json');
  const { bounds, maximized } = remembered(file);
  const window = new BrowserWindow({
    ...bounds,
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: 'Slipway',
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#16181d' : '#ffffff',
    webPreferences: {
      preload: path.join(programFolder(), 'out', 'preload', 'index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (maximized) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    try {
      writeFileSync(file, JSON.stringify({ ...window.getNormalBounds(), maximized: window.isMaximized() }));
    } catch {
      // where the window stood is a comfort, never a reason not to close
    }
  });
  void window.loadURL(`${APP_ORIGIN}/`);
  return window;
}
