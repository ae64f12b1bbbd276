import type { FileHandle } from '../../shared/contract/files.ts';
import type { AnyEvent, Envelope } from '../../shared/contract/index.ts';
import { reasonOf } from '../../shared/errors/codedError.ts';
import { pageError } from './pageError.ts';
import type { Transport } from './transport.ts';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5000;

/**
 * Talks to the loopback HTTP host at `origin`. A session is the cookie that came with the page and this tab's key.
 * `onRefused` is called when the host knows neither at the first answer: nothing on the page can be lost by leaving it.
 */
export function httpTransport(origin: string, tabKey: string, onRefused: () => void): Transport {
  let hasAnswered = false;

  async function send<T>(path: string, init: RequestInit): Promise<Envelope<T>> {
    let response: Response;
    const headers = new Headers(init.headers);
    headers.set('X-Slipway-Tab', tabKey);
    try {
      response = await fetch(new URL(path, origin), {
        credentials: 'same-origin',
        cache: 'no-store',
        ...init,
        headers,
      });
    } catch (error) {
      if (init.signal?.aborted) throw pageError('CANCELLED', { cause: error });
      throw pageError('HOST_UNREACHABLE', { details: { reason: reasonOf(error) }, cause: error });
    }
    if (response.status === 401 && !hasAnswered) onRefused();
    hasAnswered ||= response.ok;
    try {
      // Refusals of the host itself are envelopes too, whatever their status.
      return (await response.json()) as Envelope<T>;
    } catch (error) {
      if (init.signal?.aborted) throw pageError('CANCELLED', { cause: error });
      throw pageError('HOST_UNREACHABLE', { details: { reason: `HTTP ${String(response.status)}` }, cause: error });
    }
  }

  return {
    host: 'http',
    invoke: (name, input, signal) =>
      send(`/api/${name}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(input),
        ...(signal ? { signal } : {}),
      }),
    grant: (file, signal) =>
      send<FileHandle>(`/files?name=${encodeURIComponent(file.name)}`, {
        method: 'PUT',
        body: file,
        ...(signal ? { signal } : {}),
      }),
    subscribe(onEvent, onLink) {
      const address = new URL('/events', origin);
      address.protocol = address.protocol === 'https:' ? 'wss:' : 'ws:';
      let socket: WebSocket | null = null;
      let timer: ReturnType<typeof setTimeout> | undefined;
      let wait = FIRST_WAIT_MS;
      let isClosed = false;

      const open = (): void => {
        socket = new WebSocket(address, ['slipway', `tab-${tabKey}`]);
        socket.onopen = () => {
          wait = FIRST_WAIT_MS;
          onLink('up');
        };
        socket.onmessage = (message: MessageEvent<string>) => onEvent(JSON.parse(message.data) as AnyEvent);
        socket.onclose = () => {
          if (isClosed) return;
          onLink('down');
          timer = setTimeout(open, wait);
          wait = Math.min(LONGEST_WAIT_MS, wait * 2);
        };
      };
      open();
      return () => {
        isClosed = true;
        clearTimeout(timer);
        socket?.close();
      };
    },
  };
}
