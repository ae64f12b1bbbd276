import { session } from 'electron';
import { readRendererFile } from '../rendererFiles.ts';
import { SECURITY_HEADERS } from '../securityHeaders.ts';

/** Serves the built interface, and nothing outside its folder. */
export function serveApp(rendererFolder: string): void {
  session.defaultSession.protocol.handle('app', async (request) => {
    const url = new URL(request.url);
    const file =
      url.host === 'slipway' && request.method === 'GET' ? await readRendererFile(rendererFolder, url.pathname) : null;
    if (file === null) return new Response('Not found', { status: 404, headers: SECURITY_HEADERS });
    return new Response(new Uint8Array(file.body), { headers: { ...SECURITY_HEADERS, 'Content-Type': file.type } });
  });
}
