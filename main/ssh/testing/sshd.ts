import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, it } from 'vitest';
import type { z } from 'zod';
import { ClusterProfile, type AuthMethod } from '../../../shared/domain/cluster/profile.ts';
import { ResourceScope, type Disposable } from '../../../shared/lib/disposable.ts';

const SSHD = '/usr/sbin/sshd';
export const execute = promisify(execFile);

/** What keeps suites against a real sshd from running here, or null. */
function obstacle(): string | null {
  if (!existsSync(SSHD)) return `${SSHD} is missing (apt-get install openssh-server)`;
  return process.getuid?.() === 0 ? null : 'it needs root, to start sshd and to make users';
}

/** A suite against real OpenSSH. Where that cannot run, it is skipped under a name that says why; with CI=true that is a failure. */
export function describeWithSshd(name: string, body: () => void): void {
  const reason = obstacle();
  if (reason === null) describe(name, body);
  else if (process.env['CI'] === 'true') {
    it(name, () => {
      throw new Error(`not run: ${reason}`);
    });
  } else describe.skip(`${name} (not run: ${reason})`, body);
}

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A way to log in, without what has a default. */
export type Auth = z.input<typeof AuthMethod>;

/** A profile with nothing but what a login needs. */
export function profileFor(
  port: number,
  user: string,
  auth: Auth[],
  more: Partial<z.input<typeof ClusterProfile>> = {},
): ClusterProfile {
  return ClusterProfile.parse({ id: 'test', name: 'test', kind: 'ssh', host: '127.0.0.1', port, user, auth, ...more });
}

export interface Sshd extends Disposable {
  readonly port: number;
  /** A folder that goes with the server; users may enter it. */
  readonly folder: string;
  /** A key that may log in. */
  readonly keyPath: string;
  readonly hostKeyFingerprint: string;
  profile(auth?: Auth[], user?: string): ClusterProfile;
}

export interface SshdOptions {
  /** Where it listens; a free port otherwise. */
  readonly port?: number;
  /** Lines of pam.conf(5), without the service: who logs in by keyboard-interactive is asked by them. */
  readonly pam?: readonly string[];
}

/** Starts an sshd of our own on loopback, with lines of sshd_config(5) put before the defaults of the test. */
export async function startSshd(extraConfig: readonly string[] = [], options: SshdOptions = {}): Promise<Sshd> {
  const opened = new ResourceScope();
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-sshd-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  await mkdir('/run/sshd', { recursive: true });
  const keyPath = path.join(folder, 'id_ed25519');
  const hostKey = path.join(folder, 'host_key');
  await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyPath]);
  await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', hostKey]);
  await execute('cp', [`${keyPath}.pub`, path.join(folder, 'authorized_keys')]);
  const port = options.port ?? (await freePort());
  const program = options.pam === undefined ? SSHD : await nameForPam(folder, options.pam, opened);
  const config = [
    ...extraConfig,
    ...(options.pam === undefined ? [] : ['UsePAM yes', 'KbdInteractiveAuthentication yes']),
    `Port ${String(port)}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKey}`,
    `AuthorizedKeysFile ${path.join(folder, 'authorized_keys')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    `PidFile ${path.join(folder, 'sshd.pid')}`,
    ...(extraConfig.some((line) => line.startsWith('Subsystem sftp'))
      ? []
      : ['Subsystem sftp /usr/lib/openssh/sftp-server']),
  ];
  await writeFile(path.join(folder, 'sshd_config'), `${config.join('\n')}\n`);
  const server = spawn(program, ['-D', '-e', '-f', path.join(folder, 'sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  opened.defer(() => stop(server));
  try {
    await ready(server);
  } catch (error) {
    await opened.dispose();
    throw error;
  }
  const { stdout } = await execute('ssh-keygen', ['-lf', `${hostKey}.pub`]);
  return {
    port,
    folder,
    keyPath,
    hostKeyFingerprint: stdout.split(' ')[1] ?? '',
    profile: (auth = [{ kind: 'key', path: keyPath }], user = os.userInfo().username) => profileFor(port, user, auth),
    dispose: () => opened.dispose(),
  };
}

/** sshd asks PAM under the name by which it was started: one of our own leaves the machine's `sshd` alone. */
async function nameForPam(folder: string, lines: readonly string[], opened: ResourceScope): Promise<string> {
  const name = `slipway-${randomBytes(4).toString('hex')}`;
  const service = path.join('/etc/pam.d', name);
  await writeFile(service, `${lines.join('\n')}\n`);
  opened.defer(() => rm(service, { force: true }));
  const program = path.join(folder, name);
  await symlink(SSHD, program);
  return program;
}

/** sshd says on stderr when it listens. */
async function ready(server: ChildProcess): Promise<void> {
  let said = '';
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
      if (said.includes('Server listening')) resolve();
    });
    server.once('exit', () => {
      reject(new Error(`sshd did not start: ${said}`));
    });
  });
}

/** Ends a child process that the test started, and waits until it is gone. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await exited;
}

export interface LoginUser extends Disposable {
  readonly name: string;
  readonly home: string;
}

/** Makes a user with this login shell and these files in its home folder, for as long as the test runs. */
export async function createUser(
  shell: string,
  startupFiles: Readonly<Record<string, string>> = {},
  password?: string,
): Promise<LoginUser> {
  const name = `slipway-${randomBytes(4).toString('hex')}`;
  // a password that no one can type still makes the account an unlocked one
  const stored = password === undefined ? '*' : (await execute('openssl', ['passwd', '-6', password])).stdout.trim();
  await execute('useradd', ['--create-home', '--shell', shell, '--password', stored, name]);
  const home = `/home/${name}`;
  for (const [file, text] of Object.entries(startupFiles)) {
    const target = path.join(home, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text);
  }
  await execute('chown', ['-R', name, home]);
  return {
    name,
    home,
    dispose: async () => {
      await execute('userdel', ['--force', '--remove', name]);
    },
  };
}
