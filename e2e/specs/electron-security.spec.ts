import path from 'node:path';
import { expect, test } from '../fixtures.ts';
import { ROOT } from '../hosts.ts';
import { Shell } from '../pages/Shell.ts';

/** One test for each line of Electron's security checklist that a running window can show; docs/security.md names the others' places. */
test.describe('Electron’s security list @electron-only', () => {
  test('the page is isolated, sandboxed and without node, and no preference weakens it', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    const preferences = await slipway.inElectron(({ BrowserWindow }) => {
      // not in Electron's types: what a window was really given
      const contents = BrowserWindow.getAllWindows().map(
        ({ webContents }) => webContents as unknown as { getLastWebPreferences(): Record<string, unknown> },
      );
      return contents.map((each) => each.getLastWebPreferences());
    });
    expect(preferences).toHaveLength(1);
    expect(preferences[0]).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    });
    for (const weakness of [
      'allowRunningInsecureContent',
      'experimentalFeatures',
      'nodeIntegrationInSubFrames',
      'nodeIntegrationInWorker',
    ])
      expect(preferences[0]?.[weakness] ?? false, weakness).toBe(false);
    for (const feature of ['enableBlinkFeatures', 'disableBlinkFeatures'])
      expect(preferences[0]?.[feature] ?? '', feature).toBe('');
    const seen = await shell.page.evaluate(() => {
      const world = globalThis as unknown as Record<string, unknown>;
      return {
        require: typeof world['require'],
        process: typeof world['process'],
        module: typeof world['module'],
        bridge: Object.keys(world['slipway'] as object).sort(),
      };
    });
    expect(seen).toMatchObject({ require: 'undefined', process: 'undefined', module: 'undefined' });
    // named functions and nothing of ipcRenderer
    expect(seen.bridge).not.toContain('ipcRenderer');
    expect(
      await shell.page.evaluate(() =>
        Object.values((globalThis as unknown as { slipway: Record<string, unknown> }).slipway).every(
          (each) => typeof each === 'function',
        ),
      ),
    ).toBe(true);
  });

  test('it is served by the app’s own scheme with a strict policy, from inside its folder only', async ({
    slipway,
  }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    const found = await shell.page.evaluate(async () => {
      const answer = await fetch('/');
      const look = async (url: string): Promise<number | string> =>
        fetch(url).then(
          ({ status }) => status,
          () => 'refused',
        );
      return {
        origin: location.origin,
        policy: answer.headers.get('content-security-policy') ?? '',
        traversal: await look('/%2e%2e/%2e%2e/package.json'),
        backslash: await look('/..%5c..%5cpackage.json'),
        otherHost: await look('app://elsewhere/'),
        file: await look('file:///etc/passwd'),
        outside: await look('https://example.com/'),
      };
    });
    expect(found.origin).toBe('app://slipway');
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
      expect(found.policy).toContain(rule);
    expect(found.policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|https?:/);
    expect(found).toMatchObject({
      traversal: 404,
      backslash: 404,
      otherHost: 'refused',
      file: 'refused',
      outside: 'refused',
    });
    // what the policy says is what happens: no string becomes code
    const evaluated = await shell.page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'globalThis.ranInline = true';
      document.head.append(script);
      script.remove();
      const worker = await new Promise<string>((resolve) => {
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => resolve(effectiveDirective), {
          once: true,
        });
        try {
          new Worker(URL.createObjectURL(new Blob(['1']))).addEventListener('error', () => resolve('refused'));
        } catch {
          resolve('refused');
        }
      });
      return { inline: 'ranInline' in globalThis, worker };
    });
    expect(evaluated.inline).toBe(false);
    expect(evaluated.worker).toMatch(/^(worker-src|refused)$/);
  });

  test('it goes nowhere, opens nothing but listed pages in the system’s browser, and embeds nothing', async ({
    slipway,
  }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    await slipway.inElectron(({ shell: system }) => {
      const opened: string[] = [];
      Object.assign(globalThis, { openedOutside: opened });
      system.openExternal = async (url) => void opened.push(url);
    });
    await shell.page.evaluate(async () => {
      for (const url of [
        'https://example.com/',
        'file:///etc/passwd',
        'javascript:alert(1)',
        'slipway://template/x',
        'https://github.com.example.com/',
        'http://github.com/',
        'https://user@example.com/',
        'smb://host/share',
      ])
        window.open(url);
      window.open('https://slurm.schedmd.com/sbatch.html');
      const frame = document.createElement('iframe');
      frame.src = 'https://example.com/';
      const view = document.createElement('webview');
      view.setAttribute('src', 'https://example.com/');
      document.body.append(frame, view);
      const link = document.createElement('a');
      link.href = 'https://example.com/';
      document.body.append(link);
      link.click();
      location.href = 'https://example.com/';
      await new Promise((resolve) => setTimeout(resolve, 800));
      frame.remove();
      view.remove();
      link.remove();
    });
    const state = await slipway.inElectron(({ BrowserWindow, webContents }) => ({
      urls: BrowserWindow.getAllWindows().map((window) => window.webContents.getURL().split('#')[0]),
      contents: webContents.getAllWebContents().length,
      opened: (globalThis as unknown as { openedOutside: string[] }).openedOutside,
    }));
    expect(state).toEqual({ urls: ['app://slipway/'], contents: 1, opened: ['https://slurm.schedmd.com/sbatch.html'] });
  });

  test('every permission but writing to the clipboard is refused', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    const answers = await shell.page.evaluate(async () => {
      const state = async (name: string): Promise<string> =>
        navigator.permissions.query({ name: name as PermissionName }).then(
          (found) => found.state,
          () => 'denied',
        );
      const names = [
        'camera',
        'microphone',
        'geolocation',
        'notifications',
        'midi',
        'clipboard-read',
        'persistent-storage',
      ];
      return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await state(name)] as const)));
    });
    expect(Object.entries(answers).filter(([, state]) => state === 'granted')).toEqual([]);
    expect(
      await shell.page.evaluate(async () =>
        navigator.mediaDevices.getUserMedia({ audio: true }).then(
          () => 'granted',
          (error: unknown) => (error as Error).name,
        ),
      ),
    ).not.toBe('granted');
  });

  test('a message is answered only when it comes from the main frame of the one window', async ({ slipway }) => {
    const shell = new Shell(await slipway.open());
    await shell.isReady();
    const own = await shell.page.evaluate(async () =>
      (
        globalThis as unknown as {
          slipway: { invoke(name: string, input: unknown, id: string): Promise<{ ok: boolean }> };
        }
      ).slipway.invoke('app.info', {}, 'own'),
    );
    expect(own.ok).toBe(true);
    const stranger = await slipway.inElectron(
      async ({ BrowserWindow }, preload) => {
        const window = new BrowserWindow({
          show: false,
          webPreferences: { preload, sandbox: true, contextIsolation: true },
        });
        try {
          await window.loadURL('app://slipway/');
          return (await window.webContents.executeJavaScript(`slipway.invoke('app.info', {}, 'stranger')`)) as unknown;
        } finally {
          window.destroy();
        }
      },
      path.join(ROOT, 'out/preload/index.cjs'),
    );
    expect(stranger).toMatchObject({ ok: false, error: { name: 'FORBIDDEN' } });
  });
});
