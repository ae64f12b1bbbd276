import type { IncomingMessage, ServerResponse } from 'node:http';
import { readRendererFile } from '../rendererFiles.ts';
import { SECURITY_HEADERS } from '../securityHeaders.ts';
import type { Gate } from './access.ts';
import { accessPage, type NoAccess } from './accessPage.ts';
import type { Address } from './address.ts';

export interface PageSource {
  readonly gate: Gate;
  readonly rendererFolder: string;
  /** Called when a one-time link was used. */
  readonly onExchange: () => void;
}

/** Where the page goes when its tab has no key. */
const NO_SESSION_PATH = '/no-session';

const HTML = { ...SECURITY_HEADERS, 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' };

function sendNoAccess(request: IncomingMessage, response: ServerResponse, why: NoAccess): void {
  response.writeHead(401, { ...HTML, Vary: 'Accept-Language', Connection: 'close' });
  response.end(request.method === 'HEAD' ? undefined : accessPage(request, why));
}

/**
 * The interface's files for whoever has the cookie; the one-time link, which gives the cookie and, within the page itself, the tab's
 * key; and for everybody else a page that says what to do. The key stands in the page and in no address: addresses are kept by
 * browsers, and a redirect from another site's link would lose the cookie, which is SameSite=Strict.
 */
export async function servePage(
  { gate, rendererFolder, onExchange }: PageSource,
  request: IncomingMessage,
  response: ServerResponse,
  { path, query }: Address,
): Promise<void> {
  const token = query.get('token');
  if (token !== null && path === '/') {
    // whoever only looks whether the link is there (HEAD) does not use it up
    const session = request.method === 'GET' ? gate.exchange(token) : null;
    if (session !== null) {
      onExchange();
      const page = await readRendererFile(rendererFolder, '/');
      response.writeHead(page === null ? 404 : 200, { ...HTML, 'Set-Cookie': session.cookie });
      response.end(
        page === null
          ? 'The interface is not built.'
          : page.body.toString('utf8').replace('<head>', `<head><meta name="slipway-tab" content="${session.tabKey}">`),
      );
      return;
    }
    if (gate.hasCookie(request)) {
      response.writeHead(303, { ...SECURITY_HEADERS, Location: '/' }).end();
      return;
    }
  }
  if (!gate.hasCookie(request)) {
    sendNoAccess(request, response, 'browser');
    return;
  }
  if (path === NO_SESSION_PATH) {
    sendNoAccess(request, response, 'tab');
    return;
  }
  const file = await readRendererFile(rendererFolder, path);
  if (file === null) {
    response.writeHead(404, { ...SECURITY_HEADERS, 'Content-Type': 'text/plain' }).end('Not found');
    return;
  }
  response.writeHead(200, {
    ...SECURITY_HEADERS,
    'Content-Type': file.type,
    'Content-Length': file.body.length,
    'Cache-Control': file.immutable ? 'private, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}
