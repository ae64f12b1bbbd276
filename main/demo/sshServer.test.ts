import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import ssh2 from 'ssh2';
import SftpClient from 'ssh2-sftp-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DemoCluster } from '../core/ports.ts';
import { startDemoCluster } from './index.ts';
import { newKeyPair } from './keys.ts';

interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

function run(command: string, given: readonly string[], stdin = ''): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, given, { stdio: ['pipe', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ stdout, stderr, code }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
  });
}

describe('the demo cluster over SSH', () => {
  let folder: string;
  let home: string;
  let demo: DemoCluster;
  let options: string[];

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'slipway-demo-ssh-'));
    home = path.join(folder, 'demo', 'home');
    demo = await startDemoCluster({ dataFolder: folder });
    const knownHosts = path.join(folder, 'known_hosts');
    writeFileSync(
      knownHosts,
      `[127.0.0.1]:${demo.port} ${readFileSync(path.join(folder, 'demo', 'keys', 'host_ed25519.pub'), 'utf8')}`,
    );
    const settings = [
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
      'StrictHostKeyChecking=yes',
      `UserKnownHostsFile=${knownHosts}`,
    ];
    options = ['-F', '/dev/null', ...settings.flatMap((setting) => ['-o', setting])];
  });
  afterAll(async () => {
    await demo.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const ssh = (command: string, stdin = '', key = demo.privateKeyPath): Promise<Ended> =>
    run('ssh', [...options, '-i', key, '-p', String(demo.port), `${demo.user}@127.0.0.1`, command], stdin);

  it('runs commands for OpenSSH’s own client, with their input, outputs and exit codes', async () => {
    expect(await ssh('cat; echo trouble >&2; exit 7', 'some input')).toEqual({
      stdout: 'some input',
      stderr: 'trouble\n',
      code: 7,
    });
    expect((await ssh('pwd; command -v sbatch; echo "${SLIPWAY_TEST-unset}"')).stdout).toBe(
      `${home}\n${folder}/demo/slurm/bin/sbatch\nunset\n`,
    );
    expect((await ssh("sinfo -h -o '%R %l' && sbatch --parsable --wait --wrap true")).stdout).toMatch(
      /^normal 1-00:00:00\nlong 7-00:00:00\ngpu 1-00:00:00\nviz 8:00:00\nbigmem 3-00:00:00\ndebug 30:00\n\d+\n$/,
    );
  });

  it('lets nobody in but its own key and user', async () => {
    const stranger = path.join(folder, 'stranger');
    writeFileSync(stranger, newKeyPair().privateKey);
    chmodSync(stranger, 0o600);
    expect(await ssh('true', '', stranger)).toMatchObject({
      code: 255,
      stderr: `${demo.user}@127.0.0.1: Permission denied (publickey).\r\n`,
    });
    const nobody = await run('ssh', [
      ...options,
      '-i',
      demo.privateKeyPath,
      '-p',
      String(demo.port),
      'nobody@127.0.0.1',
      'true',
    ]);
    expect(nobody.code).toBe(255);
    const withPassword = new ssh2.Client();
    const refused = await new Promise<Error>((resolve) => {
      withPassword
        .on('error', resolve)
        .connect({ host: '127.0.0.1', port: demo.port, username: demo.user, password: '' });
    });
    expect(refused.message).toBe('All configured authentication methods failed');
    for (const name of ['id_ed25519', 'host_ed25519'])
      expect(statSync(path.join(folder, 'demo', 'keys', name)).mode & 0o777).toBe(0o600);
    expect(statSync(path.join(folder, 'demo', 'keys')).mode & 0o777).toBe(0o700);
  });

  it('lets a command that was cut off finish, as sshd does', async () => {
    const client = await connect();
    await new Promise<void>((resolve, reject) => {
      client.exec('cat > /dev/null; echo finished > after-cut', (error, channel) => {
        if (error !== undefined) reject(error);
        else
          channel
            .on('close', () => resolve())
            .on('data', () => undefined)
            .end('x');
        client.end();
      });
    });
    await expect.poll(() => ssh('cat after-cut'), { timeout: 10_000 }).toMatchObject({ stdout: 'finished\n' });
  });

  it('serves many channels of one connection at once', async () => {
    const client = await connect();
    const outputs = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        exec(client, `head -c 300000 /dev/zero | tr '\\0' ${index}; exit ${index}`),
      ),
    );
    client.end();
    expect(outputs.map(({ stdout, code }) => [stdout.length, stdout[0], code])).toEqual(
      Array.from({ length: 8 }, (_, index) => [300_000, String(index), index]),
    );
  });

  it('survives clients that speak something else', async () => {
    await new Promise<void>((resolve) => {
      const socket = createConnection({ host: '127.0.0.1', port: demo.port });
      socket
        .on('close', () => resolve())
        .on('error', () => undefined)
        .on('data', () => undefined);
      socket.end('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    });
    expect((await ssh('echo still there')).stdout).toBe('still there\n');
  });

  it('goes on with who has logged in, and lets him in anew, under half logins of a neighbour that never end', async () => {
    const client = await connect();
    const halves = Array.from({ length: 60 }, () =>
      createConnection({ host: '127.0.0.1', port: demo.port }).on('error', () => undefined),
    );
    await Promise.all(
      halves.slice(0, 40).map((socket) => new Promise((resolve) => socket.resume().once('close', resolve))),
    );
    expect(await exec(client, 'echo mine')).toMatchObject({ stdout: 'mine\n' });
    expect((await ssh('echo anew')).stdout).toBe('anew\n');
    client.end();
    for (const socket of halves) socket.destroy();
  });

  it('gives OpenSSH’s sftp all it asks for', async () => {
    const local = path.join(folder, 'local file');
    const bytes = Buffer.alloc(3_000_001, 'slipway');
    writeFileSync(local, bytes);
    const commands = [
      `put "${local}" big`,
      'mkdir "a folder"',
      'rename big "a folder/büg"',
      'ln "a folder/büg" hard',
      'symlink hard soft',
      'chmod 640 hard',
      'ls -la',
      'df',
      `get soft "${local}.back"`,
      'rm soft',
      'rm hard',
      'rm "a folder/büg"',
      'rmdir "a folder"',
    ];
    const ended = await run(
      'sftp',
      [...options, '-i', demo.privateKeyPath, '-P', String(demo.port), '-b', '-', `${demo.user}@127.0.0.1`],
      `${commands.join('\n')}\n`,
    );
    expect(ended).toMatchObject({ code: 0 });
    expect(ended.stdout).toMatch(/^-rw-r----- +2 .* 3000001 .* hard$/m);
    expect(ended.stdout).toMatch(/^lrwx.* soft$/m);
    expect(readFileSync(`${local}.back`).equals(bytes)).toBe(true);
  });

  it('gives ssh2-sftp-client all it asks for, with OpenSSH’s statuses', async () => {
    const sftp = new SftpClient();
    await sftp.connect({
      host: '127.0.0.1',
      port: demo.port,
      username: demo.user,
      privateKey: readFileSync(demo.privateKeyPath),
    });
    expect(await sftp.realPath('.')).toBe(home);
    expect(await sftp.exists('nothing')).toBe(false);
    await sftp.mkdir(`${home}/deep/er`, true);
    await sftp.put(Buffer.from('first'), 'deep/er/file');
    await sftp.append(Buffer.from(' and more'), 'deep/er/file');
    expect((await sftp.get('deep/er/file')).toString()).toBe('first and more');
    await sftp.put(Buffer.from('second'), 'deep/other');
    await expect(sftp.rename('deep/other', 'deep/er/file')).rejects.toThrow('Failure');
    await sftp.posixRename('deep/other', 'deep/er/file');
    await sftp.chmod('deep/er/file', 0o600);
    expect(await sftp.stat('deep/er/file')).toMatchObject({ size: 6, mode: 0o100600, isFile: true });
    expect((await sftp.list('deep/er')).map(({ name, type }) => `${type}${name}`)).toContain('-file');
    await expect(sftp.get('deep/none')).rejects.toThrow('No such file');
    await sftp.rmdir('deep', true);
    await sftp.end();
  });

  it('offers OpenSSH’s extensions', async () => {
    const client = await connect();
    await new Promise<void>((resolve, reject) => {
      client.sftp((error, sftp) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        sftp.ext_openssh_statvfs('.', (failed, info) => {
          if (failed !== undefined) reject(failed);
          else expect((info as { f_blocks: number }).f_blocks).toBeGreaterThan(0);
          sftp.open('synced', 'w', (opening, handle) => {
            if (opening !== undefined) reject(opening);
            else sftp.ext_openssh_fsync(handle, (syncing) => (syncing === undefined ? resolve() : reject(syncing)));
          });
        });
      });
    });
    client.end();
  });

  it('has sample images in the folders it names', async () => {
    const { stdout } = await ssh(`ls ${demo.imageFolders.join(' ')}`);
    expect(stdout).toContain(
      'gromacs.sif\nlammps-arm64.sif\nopenfoam.sif\npython-3.12.sif\npytorch_cuda.sif\nrelion.sif\n',
    );
    expect(stdout).toContain('jupyter_oci.sif\nparaview.sif\n');
  });

  it('keeps its keys, so that the next start is the same host', async () => {
    const before = demo.hostKeyFingerprint;
    await demo.dispose();
    demo = await startDemoCluster({ dataFolder: folder });
    expect(demo.hostKeyFingerprint).toBe(before);
  });

  function connect(): Promise<ssh2.Client> {
    const client = new ssh2.Client();
    return new Promise((resolve, reject) => {
      client
        .on('ready', () => resolve(client))
        .on('error', reject)
        .connect({
          host: '127.0.0.1',
          port: demo.port,
          username: demo.user,
          privateKey: readFileSync(demo.privateKeyPath),
        });
    });
  }

  function exec(client: ssh2.Client, command: string): Promise<{ stdout: string; code: number }> {
    return new Promise((resolve, reject) => {
      client.exec(command, (error, channel) => {
        if (error !== undefined) {
          reject(error);
          return;
        }
        let stdout = '';
        let ended = -1;
        channel
          .on('data', (chunk: Buffer) => (stdout += chunk.toString('latin1')))
          .on('exit', (code: number) => (ended = code));
        channel.on('close', () => resolve({ stdout, code: ended }));
      });
    });
  }
});
