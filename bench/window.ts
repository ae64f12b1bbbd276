import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { _electron, chromium, type Page } from '@playwright/test';
import { EARLY, electronBinary } from '../e2e/fixtures.ts';
import { cleanEnvironment, serve } from '../e2e/hosts.ts';
import { addImages, pickerFigures } from './imagePicker.ts';
import { median, quantile, type Figure } from './measure.ts';

const KEYSTROKES = 60;
const STARTS = 7;

/** Electron's binary: the official one, or the one given for tests; null where there is none or no display. */
function electron(): string | null {
  if (process.platform === 'linux' && !process.env['DISPLAY']) return null;
  try {
    return electronBinary();
  } catch {
    // it could not be downloaded
    return null;
  }
}

interface Opened {
  readonly page: Page;
  close(): Promise<void>;
}

async function openElectron(root: string, binary: string, folder: string): Promise<Opened> {
  const binding = process.env['BETTER_SQLITE3_ELECTRON_BINDING'];
  const app = await _electron.launch({
    executablePath: binary,
    args: ['--no-sandbox', ...EARLY, root, '--data', path.join(folder, 'data')],
    env: { ...cleanEnvironment(folder), ...(binding === undefined ? {} : { SLIPWAY_SQLITE_BINDING: binding }) },
  });
  return { page: await app.firstWindow(), close: () => app.close() };
}

async function openBrowser(folder: string): Promise<Opened> {
  const server = await serve(path.join(folder, 'data'), folder);
  const browser = await chromium.launch({
    executablePath: process.env['SLIPWAY_CHROMIUM'] ?? '/usr/bin/chromium',
    args: ['--no-sandbox'],
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(server.url);
  return {
    page,
    close: async () => {
      await browser.close();
      await server.stop();
    },
  };
}

const MARK = 'slipway-usable';

/** Epoch milliseconds at which the page could be worked with; it marks that itself. */
async function usableAt(page: Page): Promise<number> {
  await page.waitForFunction((name) => performance.getEntriesByName(name).length > 0, MARK);
  return page.evaluate(
    (name) => performance.timeOrigin + (performance.getEntriesByName(name)[0]?.startTime ?? Number.NaN),
    MARK,
  );
}

/**
 * Milliseconds from starting Electron with these arguments to the page's mark. Electron is started by itself and asked over its debugging
 * port afterwards: Playwright's own way of starting it holds it back.
 */
async function startElectron(binary: string, args: readonly string[], folder: string): Promise<number> {
  const binding = process.env['BETTER_SQLITE3_ELECTRON_BINDING'];
  const started = Date.now();
  const child = spawn(binary, ['--no-sandbox', '--remote-debugging-port=0', ...args], {
    env: { ...cleanEnvironment(folder), ...(binding === undefined ? {} : { SLIPWAY_SQLITE_BINDING: binding }) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  try {
    const address = await new Promise<string>((resolve) => {
      createInterface({ input: child.stderr }).on('line', (line) => {
        const found = /^DevTools listening on ws:\/\/([^/]+)\//.exec(line)?.[1];
        if (found !== undefined) resolve(`http://${found}`);
      });
    });
    const browser = await chromium.connectOverCDP(address);
    const [context] = browser.contexts();
    const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
    if (page === undefined) throw new Error('Electron opened no window');
    return (await usableAt(page)) - started;
  } finally {
    // the debugging connection ends with the program; asking it to close first would wait for half a minute
    child.kill('SIGTERM');
    await ended;
  }
}

/** A program that opens one window of the same size with a word in it, and does nothing else: what Electron itself takes. */
async function writeEmptyProgram(folder: string): Promise<string> {
  const program = path.join(folder, 'empty');
  await mkdir(program, { recursive: true });
  await writeFile(path.join(program, 'package.json'), JSON.stringify({ name: 'empty', main: 'main.cjs' }));
  await writeFile(
    path.join(program, 'main.cjs'),
    "const { app, BrowserWindow } = require('electron');\n" +
      "app.whenReady().then(() => new BrowserWindow({ width: 1440, height: 900 }).loadFile('page.html'));\n",
  );
  await writeFile(
    path.join(program, 'page.html'),
    `<!doctype html><p>empty</p><script>requestAnimationFrame(() => performance.mark('${MARK}'))</script>`,
  );
  return program;
}

async function startBrowser(folder: string): Promise<number> {
  const started = Date.now();
  const opened = await openBrowser(folder);
  const usable = await usableAt(opened.page);
  await opened.close();
  return usable - started;
}

/**
 * Milliseconds from a key's event until the page holds the preview with its effect, which its next frame shows: taken inside the page,
 * without the way from the test program to the window.
 */
async function keystrokes(page: Page): Promise<number[]> {
  await page.getByTestId('submit').waitFor();
  await page.locator('.monaco-editor .view-line').first().waitFor();
  const field = page.getByTestId('launch').getByLabel(/^Name/).first();
  await field.fill('bench');
  await page.evaluate(() => {
    const samples: number[] = [];
    Object.assign(globalThis, { samples });
    let wanted: { line: string; since: number } | null = null;
    new MutationObserver(() => {
      if (wanted === null) return;
      const { line, since } = wanted;
      if (
        ![...document.querySelectorAll('.monaco-editor .view-line')].some((shown) => shown.textContent.endsWith(line))
      )
        return;
      samples.push(performance.now() - since);
      wanted = null;
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
    document.addEventListener(
      'input',
      (event) => {
        const { value } = event.target as HTMLInputElement;
        wanted = { line: `--job-name=${value}`, since: event.timeStamp };
      },
      true,
    );
  });
  await field.focus();
  for (let key = 0; key < KEYSTROKES; key += 1) {
    await page.keyboard.type(String.fromCharCode(97 + (key % 26)));
    await page.waitForTimeout(80);
  }
  return page.evaluate(() => (globalThis as unknown as { samples: number[] }).samples);
}

/** In the real window where Electron is there, else in Chromium (named so). */
export async function windowFigures(root: string): Promise<Figure[]> {
  const binary = electron();
  const where = binary === null ? 'Chromium' : 'Electron';
  const folder = await mkdtemp(path.join(tmpdir(), 'slipway-window-'));
  try {
    const starts: number[] = [];
    const emptyStarts: number[] = [];
    const empty = await writeEmptyProgram(folder);
    // the first start makes the store and the demo's keys; it is not counted
    for (let run = -1; run < STARTS; run += 1) {
      const elapsed =
        binary === null
          ? await startBrowser(folder)
          : await startElectron(binary, [...EARLY, root, '--data', path.join(folder, 'data')], folder);
      const emptyElapsed =
        binary === null
          ? Number.NaN
          : await startElectron(binary, [`--user-data-dir=${path.join(folder, 'empty-data')}`, empty], folder);
      if (run < 0) continue;
      starts.push(elapsed);
      emptyStarts.push(emptyElapsed);
    }
    const opened = await (binary === null ? openBrowser(folder) : openElectron(root, binary, folder));
    const typed = await keystrokes(opened.page);
    await opened.close();
    await addImages(path.join(folder, 'data'));
    const again = await (binary === null ? openBrowser(folder) : openElectron(root, binary, folder));
    const picked = await pickerFigures(again.page, where);
    await again.close();
    return [
      ...picked,
      {
        name: `keystroke to updated preview (${where})`,
        unit: 'ms',
        median: median(typed),
        p95: quantile(typed, 0.95),
        samples: typed.length,
        baseline: null,
        goal: 'one frame, 16 ms, at the 95th percentile',
        met: typed.length >= KEYSTROKES * 0.9 && quantile(typed, 0.95) <= 16,
      },
      {
        name: `start to usable window (${where})`,
        unit: 'ms',
        median: median(starts),
        p95: quantile(starts, 0.95),
        samples: starts.length,
        baseline: binary === null ? null : { name: 'an empty window of Electron', median: median(emptyStarts) },
        goal: 'at most 1.6 times an empty window of Electron',
        met: binary !== null && median(starts) <= 1.6 * median(emptyStarts),
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
