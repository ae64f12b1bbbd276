import type { IncomingMessage } from 'node:http';
import { reasonOf } from '../../../shared/errors/appError.ts';
import { HttpRefusal } from './answers.ts';

/**
 * The parts of a body as they come. `invite` is called before the first is waited for: it tells a sender who asked for leave to begin.
 * The request stays open when the reader stops, so that it can still be answered. Throws HttpRefusal 408 when nothing came for `idleMs`, and what the socket says when it broke off.
 */
export async function* partsOf(
  request: IncomingMessage,
  idleMs: number,
  invite: () => void,
): AsyncGenerator<Buffer, void> {
  invite();
  const parts = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer, void>;
  for (;;) {
    let timer: NodeJS.Timeout | undefined;
    const slow = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new HttpRefusal(408, 'the body does not come')), idleMs);
    });
    const next = parts.next();
    // a part that comes, or fails, after we stopped waiting concerns nobody
    next.catch(() => undefined);
    try {
      const { done, value } = await Promise.race([next, slow]);
      if (done === true) return;
      yield value;
    } finally {
      clearTimeout(timer);
    }
  }
}

/** The JSON of a body; `{}` for an empty one. HttpRefusal 415, 413, 408 or 400. */
export async function readJson(
  request: IncomingMessage,
  limits: { readonly bodyBytes: number; readonly bodyIdleMs: number },
  invite: () => void,
): Promise<unknown> {
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    throw new HttpRefusal(415, 'send application/json');
  const tooLarge = new HttpRefusal(413, 'the body is too large');
  if (Number(request.headers['content-length'] ?? 0) > limits.bodyBytes) throw tooLarge;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of partsOf(request, limits.bodyIdleMs, invite)) {
    size += part.length;
    if (size > limits.bodyBytes) throw tooLarge;
    parts.push(part);
  }
  const text = Buffer.concat(parts).toString('utf8');
  try {
    return text === '' ? {} : (JSON.parse(text) as unknown);
  } catch (error) {
    throw new HttpRefusal(400, `the body is not JSON: ${reasonOf(error)}`);
  }
}

/** Reads what is left of a body to nowhere, for at most `ms`: whoever is still sending would miss an answer to a closed connection. */
export async function drain(request: IncomingMessage, ms: number): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    const finish = (): void => {
      clearTimeout(timer);
      resolve();
    };
    for (const end of ['end', 'close'] as const) request.once(end, finish);
    request.resume();
  });
}
