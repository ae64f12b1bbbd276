import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';

export const ROOT = path.resolve(import.meta.dirname, '..');

/** An environment in which Slipway finds nothing of the machine's own user: an empty home, no agent. */
export function cleanEnvironment(home: string): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !['SSH_AUTH_SOCK', 'XDG_DATA_HOME', 'NODE_OPTIONS'].includes(name))
      environment[name] = value;
  }
  return { ...environment, HOME: home };
}

export interface ServedSlipway {
  readonly url: string;
  readonly token: string;
  /** The link that it printed last: each opens one tab. */
  nextLink(): string;
  readonly process: ChildProcess;
  /** POST /api/<operation>: the envelope's value; throws what the envelope says. */
  call(operation: string, input: unknown): Promise<unknown>;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

/** Starts the HTTP host on a data folder and waits for its line. */
export async function serve(dataFolder: string, home: string): Promise<ServedSlipway> {
  const child = spawn(process.execPath, [path.join(ROOT, 'out/main/serve.js'), '--port', '0', '--data', dataFolder], {
    cwd: ROOT,
    env: cleanEnvironment(home),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString();
  });
  const line = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line').then(([text]) => text as string),
    once(child, 'exit').then(() => Promise.reject(new Error(`the server ended: ${complaints}`))),
  ]);
  const { url, token } = JSON.parse(line) as { url: string; token: string };
  return {
    url,
    token,
    nextLink: () => complaints.match(/http:\/\/127\.0\.0\.1:\d+\/\?token=\w+/g)?.at(-1) ?? url,
    process: child,
    call: async (operation, input) => {
      const response = await fetch(new URL(`/api/${operation}`, url), {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
        body: JSON.stringify(input),
      });
      const envelope = (await response.json()) as { ok: boolean; value?: unknown; error?: { message: string } };
      if (!envelope.ok) throw new Error(`${operation}: ${JSON.stringify(envelope.error)}`);
      return envelope.value;
    },
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}
