import { protocol, session } from 'electron';
import { readRendererFile } from '../rendererFiles.ts';
import { SECURITY_HEADERS } from '../securityHeaders.ts';

/** The page's origin. A standard, secure scheme of our own instead of file://, which can read the disk. */
export const APP_ORIGIN = 'app://slipway';

/** Must run before the app is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } }]);
}

/** Serves the built interface, and nothing outside its folder. */
export function serveApp(rendererFolder: string): void {
  session.defaultSession.protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    const file = url.host === 'slipway' && request.method === 'GET' ? await readRendererFile(rendererFolder, url.pathname) : null;
    if (file === null) return new Response('Not found', { status: 404, headers: SECURITY_HEADERS });
    return new Response(new Uint8Array(file.body), { headers: { ...SECURITY_HEADERS, 'Content-Type': file.type } });
  });
}
