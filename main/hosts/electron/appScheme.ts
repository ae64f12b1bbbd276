import { protocol } from 'electron';

/** The page's origin. A standard, secure scheme of our own instead of file://, which can read the disk. */
export const APP_ORIGIN = 'app://slipway';

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}
