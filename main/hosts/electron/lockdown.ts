import { app, session, shell } from 'electron';
import { APP_ORIGIN } from './appScheme.ts';

/** The only pages that may open in the system's browser. */
const EXTERNAL = new Set(['https://slurm.schedmd.com', 'https://apptainer.org', 'https://github.com']);

function isOwn(url: string): boolean {
  return URL.canParse(url) && new URL(url).protocol === 'app:' && url.startsWith(`${APP_ORIGIN}/`);
}

/** Electron's security list, in one place: no navigation, no windows, no permissions, no webviews. Call before windows exist. */
export function lockDown(): void {
  app.on('web-contents-created', (_, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isOwn(event.url)) event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      if (!isOwn(event.url)) event.preventDefault();
    });
    contents.on('will-redirect', (event) => {
      if (!isOwn(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (URL.canParse(url) && EXTERNAL.has(new URL(url).origin)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
}

/** Refuses every permission but writing to the clipboard, which copy buttons need. Call once the app is ready. */
export function refusePermissions(): void {
  const allowed = (permission: string): boolean => permission === 'clipboard-sanitized-write';
  session.defaultSession.setPermissionRequestHandler((_, permission, done) => done(allowed(permission)));
  session.defaultSession.setPermissionCheckHandler((_, permission) => allowed(permission));
  session.defaultSession.setDevicePermissionHandler(() => false);
}
