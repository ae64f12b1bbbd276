import { spawn } from 'node:child_process';
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Disposable } from '../../../shared/lib/disposable.ts';
import { execute, stop } from './sshd.ts';

/** Makes a key pair with ssh-keygen: `file` and `file.pub`. */
export async function makeKey(
  file: string,
  kind: readonly string[] = ['-t', 'ed25519'],
  passphrase = '',
): Promise<string> {
  await execute('ssh-keygen', ['-q', ...kind, '-N', passphrase, '-C', path.basename(file), '-f', file]);
  return file;
}

/** Lets a key log in to a server of the tests. */
export async function authorize(server: { folder: string }, keyFile: string): Promise<void> {
  await appendFile(path.join(server.folder, 'authorized_keys'), await readFile(`${keyFile}.pub`, 'utf8'));
}

/** `SHA256:…` of a key, as ssh-keygen prints it. */
export async function fingerprint(keyFile: string): Promise<string> {
  return (await execute('ssh-keygen', ['-lf', keyFile])).stdout.split(' ')[1] ?? '';
}

export interface Agent extends Disposable {
  readonly socket: string;
  add(...keyFiles: string[]): Promise<void>;
}

/** A real ssh-agent. Where it has to ask its owner (`ssh-add -c`), the answer is no. */
export async function startAgent(folder: string): Promise<Agent> {
  const socket = path.join(folder, 'agent.sock');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, SSH_ASKPASS: '/bin/false', SSH_ASKPASS_REQUIRE: 'force' },
  });
  await new Promise((resolve) => agent.stdout.once('data', resolve));
  return {
    socket,
    add: async (...keyFiles) => {
      await execute('ssh-add', ['-q', ...keyFiles], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    },
    dispose: () => stop(agent),
  };
}
