import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { quote } from '../../shared/lib/quote.ts';
import { DisposableStack } from '../../shared/lib/disposable.ts';
import type { ConnectionAsker, ConnectTarget, RemoteConnection } from '../core/ports.ts';
import { createConnector } from './index.ts';
import { createUser, describeWithSshd, execute, startSshd, stop, type Sshd } from './testing/sshd.ts';

/** A person who trusts every host and knows these answers. */
function person(...answers: string[]): ConnectionAsker & { questions: string[] } {
  const questions: string[] = [];
  return {
    questions,
    confirmHostKey: async ({ fingerprint }) => {
      questions.push(fingerprint);
      return true;
    },
    answer: async ({ method }) => {
      questions.push(method);
      const answer = answers.shift();
      return answer === undefined ? null : [answer];
    },
  };
}

const never = new AbortController().signal;

describeWithSshd('a real OpenSSH server', () => {
  let sshd: Sshd;
  let opened: DisposableStack;
  let folder: string;
  let knownHosts: string;

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.dispose();
  });
  beforeEach(async () => {
    opened = new DisposableStack();
    const temporary = await mkdtemp(path.join(os.tmpdir(), 'slipway-ssh-test-'));
    opened.defer(() => rm(temporary, { recursive: true, force: true }));
    knownHosts = path.join(temporary, '.ssh', 'known_hosts');
    folder = path.join(temporary, 'cluster');
    await mkdir(folder);
  });
  afterEach(async () => {
    await opened.dispose();
  });

  async function connect(profile = sshd.profile(), asker: ConnectionAsker = person(), pin: string | null = null): Promise<RemoteConnection> {
    const connector = opened.use(createConnector({ knownHostsFiles: [knownHosts] }));
    const target: ConnectTarget = { profile, pinnedHostKey: pin };
    return connector.connect(target, asker, never);
  }

  it('runs a script and gives back its output, its errors and its exit code', async () => {
    const { shell } = await connect();
    const result = await shell.run('echo out; echo err >&2; exit 3');
    expect(result).toMatchObject({ exitCode: 3, stdout: 'out\n', stderr: 'err\n' });
    expect(await shell.run('printf "no newline"; cat')).toMatchObject({ exitCode: 0, stdout: 'no newline' });
  });

  it('keeps nothing of one script for the next', async () => {
    const { shell } = await connect();
    await shell.run('cd /; x=1; export x; exec 2>&1');
    expect((await shell.run('pwd; echo "[$x]"')).stdout).toBe(`${os.homedir()}\n[]\n`);
  });

  it('does not let a long script hold up a short one', async () => {
    const { shell } = await connect();
    const gate = path.join(folder, 'gate');
    const long = shell.run(`while [ ! -e ${quote(gate)} ]; do sleep 0.05; done; echo long`);
    expect((await shell.run(`touch ${quote(gate)}; echo short`)).stdout).toBe('short\n');
    expect((await long).stdout).toBe('long\n');
  });

  it('asks about an unknown host once, with the fingerprint that ssh prints, and writes a line that ssh-keygen finds', async () => {
    const asker = person();
    await connect(sshd.profile(), asker);
    expect(asker.questions).toEqual([sshd.hostKeyFingerprint]);
    const { stdout } = await execute('ssh-keygen', ['-F', `[127.0.0.1]:${String(sshd.port)}`, '-f', knownHosts]);
    expect(stdout).toContain('ssh-ed25519');
    expect((await stat(knownHosts)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(knownHosts))).mode & 0o777).toBe(0o700);
    await connect(sshd.profile(), asker);
    expect(asker.questions).toHaveLength(1);
  });

  it('recognises a hashed name that ssh-keygen wrote', async () => {
    const asker = person();
    await connect(sshd.profile(), asker);
    await execute('ssh-keygen', ['-H', '-f', knownHosts]);
    expect(await readFile(knownHosts, 'utf8')).toMatch(/^\|1\|/);
    await connect(sshd.profile(), asker);
    expect(asker.questions).toHaveLength(1);
  });

  it('refuses a host whose key has changed and says where the old one stands', async () => {
    await connect();
    const other = path.join(folder, 'other');
    await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', other]);
    const [type, key] = (await readFile(`${other}.pub`, 'utf8')).split(' ');
    await writeFile(knownHosts, `# mine\n[127.0.0.1]:${String(sshd.port)} ${String(type)} ${String(key)}\n`);
    const fingerprint = (await execute('ssh-keygen', ['-lf', `${other}.pub`])).stdout.split(' ')[1];
    await expect(connect()).rejects.toMatchObject({
      name: 'HOST_KEY_CHANGED',
      details: { file: knownHosts, line: 2, knownFingerprints: [fingerprint], offeredFingerprint: sshd.hostKeyFingerprint },
    });
  });

  it('accepts a pinned key without a question or a file, and no other', async () => {
    const asker = person();
    await connect(sshd.profile(), asker, sshd.hostKeyFingerprint);
    expect(asker.questions).toEqual([]);
    await expect(stat(knownHosts)).rejects.toThrow();
    await expect(connect(sshd.profile(), asker, 'SHA256:something-else')).rejects.toMatchObject({ name: 'HOST_KEY_CHANGED' });
  });

  it.each([
    ['OpenSSH ed25519', ['-t', 'ed25519']],
    ['OpenSSH RSA', ['-t', 'rsa', '-b', '2048']],
    ['PEM ECDSA', ['-t', 'ecdsa', '-m', 'PEM']],
    ['PKCS #8 RSA', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
  ])('unlocks an encrypted key (%s) after a wrong passphrase', async (_, kind) => {
    const key = path.join(folder, 'id_locked');
    await execute('ssh-keygen', ['-q', ...kind, '-N', 'open sesame', '-f', key]);
    await appendFile(path.join(sshd.folder, 'authorized_keys'), await readFile(`${key}.pub`, 'utf8'));
    const asker = person('wrong', 'open sesame');
    const connection = await connect(sshd.profile([{ kind: 'key', path: key }]), asker, sshd.hostKeyFingerprint);
    expect(asker.questions).toEqual(['passphrase', 'passphrase']);
    expect((await connection.shell.run('echo in')).stdout).toBe('in\n');
  });

  it('logs in with a key of the agent, and passes over an agent that is not there', async () => {
    const socket = path.join(folder, 'agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
    opened.defer(() => stop(agent));
    await new Promise((resolve) => agent.stdout.once('data', resolve));
    await execute('ssh-add', [sshd.keyPath], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    await connect(sshd.profile([{ kind: 'agent', socket }]));
    await connect(sshd.profile([{ kind: 'agent', socket: path.join(folder, 'none') }, { kind: 'key', path: sshd.keyPath }]));
  });

  it('says what was tried and what the server would take when it refuses', async () => {
    const key = path.join(folder, 'id_stranger');
    await execute('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key]);
    await expect(connect(sshd.profile([{ kind: 'key', path: key }]))).rejects.toMatchObject({
      name: 'AUTH_FAILED',
      details: { tried: ['key'], offered: ['publickey'] },
    });
  });

  it('names a key that is missing or is not one', async () => {
    const broken = path.join(folder, 'broken');
    await writeFile(broken, 'not a key');
    await expect(connect(sshd.profile([{ kind: 'key', path: broken }]))).rejects.toMatchObject({ name: 'KEY_UNREADABLE', details: { path: broken } });
    await expect(connect(sshd.profile([{ kind: 'key', path: `${broken}-not` }]))).rejects.toMatchObject({ name: 'KEY_UNREADABLE' });
    await expect(connect(sshd.profile([{ kind: 'key', path: `${sshd.keyPath}.pub` }]))).rejects.toMatchObject({ name: 'KEY_UNREADABLE' });
  });

  it.each([
    ['/bin/bash', '.bashrc', 'echo Welcome; echo "quota 90 %" >&2\n'],
    ['/usr/bin/tcsh', '.cshrc', 'echo Welcome\nsetenv FROM_RC yes\n'],
    ['/usr/bin/fish', '.config/fish/config.fish', 'echo Willkommen\n'],
  ])('works with the login shell %s and a start-up file that prints', async (shell, file, text) => {
    const user = opened.use(await createUser(shell, { [file]: text }));
    const connection = await connect(sshd.profile(undefined, user.name));
    const script = `printf '%s\\n' 'a "b" $c !d'; echo e >&2; false`;
    expect(await connection.shell.run(script)).toMatchObject({ exitCode: 1, stdout: 'a "b" $c !d\n', stderr: 'e\n' });
  });

  it.each([
    ['ASCII', 'Welcome to the cluster'],
    ['Korean', '환영합니다'],
  ])('says that a start-up file prints when its %s text breaks SFTP, and keeps the shell', async (_, greeting) => {
    const user = opened.use(await createUser('/bin/bash', { '.bashrc': `echo '${greeting}'\n` }));
    const { files, shell } = await connect(sshd.profile(undefined, user.name));
    await expect(files.resolve('~')).rejects.toMatchObject({ name: 'SFTP_UNAVAILABLE', message: expect.stringContaining('start-up file') as string });
    expect((await shell.run('echo still here')).stdout).toBe('still here\n');
    await expect(files.stat('/')).rejects.toMatchObject({ name: 'SFTP_UNAVAILABLE' });
  });

  it('ends a script that takes too long, and goes on with a new shell', async () => {
    const { shell } = await connect();
    await expect(shell.run('sleep 5', { timeoutMs: 50 })).rejects.toMatchObject({ name: 'REMOTE_TIMEOUT' });
    expect((await shell.run('echo next')).stdout).toBe('next\n');
  });

  it('ends a script that the caller gives up', async () => {
    const { shell } = await connect();
    const controller = new AbortController();
    const gate = path.join(folder, 'started');
    const running = shell.run(`touch ${quote(gate)}; sleep 5`, { signal: controller.signal });
    while (await stat(gate).then(() => false, () => true));
    controller.abort();
    await expect(running).rejects.toMatchObject({ name: 'CANCELLED' });
    expect((await shell.run('echo next')).stdout).toBe('next\n');
  });

  it('ends a script that floods, and goes on with a new shell', async () => {
    const { shell } = await connect();
    await expect(shell.run('yes')).rejects.toMatchObject({ name: 'REMOTE_GARBAGE' });
    expect((await shell.run('head -c 10000000 /dev/zero | tr "\\0" x')).stdout).toHaveLength(10_000_000);
  });

  it('names a script that is not valid shell, and goes on', async () => {
    const { shell } = await connect();
    await expect(shell.run('if true; then echo')).rejects.toMatchObject({ name: 'REMOTE_GARBAGE' });
    expect((await shell.run('echo next')).stdout).toBe('next\n');
  });

  it('tells the owner once when the server goes away, and ends what was under way', async () => {
    const { shell, onLost } = await connect().then((connection) => ({ shell: connection.shell, onLost: connection.onLost.bind(connection) }));
    const lost: Error[] = [];
    const heard = new Promise<void>((resolve) => {
      onLost((error) => {
        lost.push(error);
        resolve();
      });
    });
    const sleeping = shell.run('kill $PPID; sleep 5');
    await expect(sleeping).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    await heard;
    await expect(shell.run('true')).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
    expect(lost).toHaveLength(1);
  });

  const NASTY = ['with space', 'új ★ 파일', 'quote\'s "both"', '-rf', 'new\nline', '$(touch hacked)', '*', 'a\\b', '~'];

  it('carries every file name as it is', async () => {
    const { files } = await connect();
    for (const name of NASTY) await files.write(`${folder}/${name}`, name);
    const listed = (await files.list(folder)).map(({ name }) => name);
    expect(listed.toSorted()).toEqual(NASTY.toSorted());
    for (const name of NASTY) expect(Buffer.from(await files.read(`${folder}/${name}`, 0, 100)).toString()).toBe(name);
    await expect(files.stat('a\0b')).rejects.toMatchObject({ name: 'FILE_NAME_REFUSED' });
  });

  it('makes folders with their parents, again and again, but not over a file', async () => {
    const { files } = await connect();
    await files.makeFolder(`${folder}/a/b c/d`);
    await files.makeFolder(`${folder}/a/b c/d`);
    expect(await files.stat(`${folder}/a/b c/d`)).toMatchObject({ kind: 'folder' });
    await files.write(`${folder}/file`, '');
    await expect(files.makeFolder(`${folder}/file/x`)).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
  });

  it('resolves the home folder, links, and paths that are not there yet', async () => {
    const { files } = await connect();
    expect(await files.resolve('~')).toBe(os.homedir());
    expect(await files.resolve('~/not/there')).toBe(`${os.homedir()}/not/there`);
    await execute('ln', ['-s', folder, `${folder}/link`]);
    expect(await files.resolve(`${folder}/link/x/y`)).toBe(`${folder}/x/y`);
  });

  it('lists a folder of five thousand files', async () => {
    const { files, shell } = await connect();
    await shell.run(`cd ${quote(folder)} && seq 5000 | xargs touch`);
    expect(new Set((await files.list(folder)).map(({ name }) => name)).size).toBe(5000);
  });

  it('reads ranges, to the end and beyond it', async () => {
    const { files } = await connect();
    const content = randomBytes(3_000_001);
    await writeFile(`${folder}/data`, content);
    expect(Buffer.from(await files.read(`${folder}/data`, 0, 1e7)).equals(content)).toBe(true);
    expect(Buffer.from(await files.read(`${folder}/data`, 2_999_999, 10))).toEqual(content.subarray(2_999_999));
    expect(await files.read(`${folder}/data`, 4_000_000, 10)).toHaveLength(0);
    expect(Buffer.from(await files.read('/proc/self/status', 0, 100)).toString()).toContain('Name:');
    await expect(files.read(`${folder}/none`, 0, 1)).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
  });

  it('replaces a file in one step, with its permissions, and leaves no rest', async () => {
    const { files } = await connect();
    await files.write(`${folder}/script`, 'first, and longer', 0o600);
    await files.write(`${folder}/script`, new TextEncoder().encode('second'), 0o755);
    expect(await files.stat(`${folder}/script`)).toMatchObject({ kind: 'file', size: 6, mode: 0o755 });
    expect((await files.list(folder)).map(({ name }) => name)).toEqual(['script']);
    await expect(files.write(`${folder}/none/x`, '')).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
  });

  async function sample(bytes: number): Promise<{ file: string; sha256: string }> {
    const content = randomBytes(bytes);
    const file = path.join(folder, 'sample input.bin');
    await writeFile(file, content);
    return { file, sha256: createHash('sha256').update(content).digest('hex') };
  }

  async function hashOf(file: string): Promise<string> {
    return createHash('sha256').update(await readFile(file)).digest('hex');
  }

  it.each([0, 1, 261_120, 10_000_000])('uploads %d bytes whole, with progress and permissions', async (bytes) => {
    const { files } = await connect();
    const { file, sha256 } = await sample(bytes);
    const seen: number[] = [];
    const target = `${folder}/-up "load"`;
    expect(await files.upload(file, target, { onProgress: (done) => seen.push(done), mode: 0o640 })).toEqual({ bytes, sha256 });
    expect(await hashOf(target)).toBe(sha256);
    expect((await stat(target)).mode & 0o777).toBe(0o640);
    expect(seen.at(-1)).toBe(bytes);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('goes on where an upload of the same file stopped', async () => {
    const { files } = await connect();
    const { file, sha256 } = await sample(5_000_000);
    await execute('cp', [file, `${folder}/target.part`]);
    await truncate(`${folder}/target.part`, 3_333_333);
    const seen: number[] = [];
    await files.upload(file, `${folder}/target`, { onProgress: (done) => seen.push(done) });
    expect(Math.min(...seen)).toBeGreaterThan(3_333_333);
    expect(await hashOf(`${folder}/target`)).toBe(sha256);
  });

  it('starts anew when the rest on the server is of another file, or longer', async () => {
    const { files } = await connect();
    const { file, sha256 } = await sample(1_000_000);
    await writeFile(`${folder}/target.part`, randomBytes(500_000));
    await files.upload(file, `${folder}/target`);
    expect(await hashOf(`${folder}/target`)).toBe(sha256);
    await writeFile(`${folder}/target.part`, randomBytes(2_000_000));
    await files.upload(file, `${folder}/target`);
    expect(await hashOf(`${folder}/target`)).toBe(sha256);
  });

  it('stops an upload that is given up, keeps what arrived, and finishes it later', async () => {
    const { files } = await connect();
    const { file, sha256 } = await sample(40_000_000);
    const controller = new AbortController();
    const given = files.upload(file, `${folder}/target`, { signal: controller.signal, onProgress: () => { controller.abort(); } });
    await expect(given).rejects.toMatchObject({ name: 'CANCELLED' });
    expect(await files.stat(`${folder}/target`)).toBeNull();
    expect((await files.upload(file, `${folder}/target`)).sha256).toBe(sha256);
    expect(await hashOf(`${folder}/target`)).toBe(sha256);
  });

  it('names what is wrong with an upload', async () => {
    const { files } = await connect();
    const { file } = await sample(10);
    await expect(files.upload(`${file}-not`, `${folder}/x`)).rejects.toMatchObject({ name: 'FILE_NOT_FOUND' });
    await expect(files.upload(folder, `${folder}/x`)).rejects.toMatchObject({ name: 'FILE_UNREADABLE' });
    await expect(files.upload(file, `${folder}/none/x`)).rejects.toMatchObject({ name: 'UPLOAD_FAILED' });
    await expect(files.upload(file, folder)).rejects.toMatchObject({ name: 'UPLOAD_FAILED' });
  });

  it('tells of a full disk', async () => {
    const { files } = await connect();
    const { file } = await sample(10);
    await execute('ln', ['-s', '/dev/full', `${folder}/target.part`]);
    await expect(files.upload(file, `${folder}/target`)).rejects.toMatchObject({ name: 'UPLOAD_FAILED', message: expect.stringContaining('full disk') as string });
  });
});

describeWithSshd('an OpenSSH server of another kind', () => {
  let opened: DisposableStack;
  let folder: string;

  beforeEach(async () => {
    opened = new DisposableStack();
    folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-ssh-test-'));
    opened.defer(() => rm(folder, { recursive: true, force: true }));
  });
  afterEach(async () => {
    await opened.dispose();
  });

  it('that has no rename over a file and takes small pieces gets whole files all the same', async () => {
    const sshd = opened.use(await startSshd(['Subsystem sftp /usr/lib/openssh/sftp-server -P posix-rename,limits']));
    const connector = opened.use(createConnector({ knownHostsFiles: [] }));
    const { files } = await connector.connect({ profile: sshd.profile(), pinnedHostKey: sshd.hostKeyFingerprint }, person(), never);
    const content = randomBytes(3_000_000);
    await writeFile(`${folder}/source`, content);
    for (let i = 0; i < 2; i += 1) {
      await files.write(`${folder}/small`, String(i));
      await files.upload(`${folder}/source`, `${folder}/target`);
    }
    expect(await readFile(`${folder}/small`, 'utf8')).toBe('1');
    expect((await readFile(`${folder}/target`)).equals(content)).toBe(true);
  });

  it('that changes its session keys every megabyte loses nothing and asks nothing again', async () => {
    const sshd = opened.use(await startSshd(['RekeyLimit 1M']));
    const connector = opened.use(createConnector({ knownHostsFiles: [path.join(folder, 'known_hosts')] }));
    const asker = person();
    const { files, shell } = await connector.connect({ profile: sshd.profile(), pinnedHostKey: null }, asker, never);
    const content = randomBytes(12_000_000);
    await writeFile(`${folder}/source`, content);
    await files.upload(`${folder}/source`, `${folder}/target`);
    expect(Buffer.from(await files.read(`${folder}/target`, 0, content.length)).equals(content)).toBe(true);
    expect((await shell.run('head -c 3000000 /dev/zero | tr "\\0" x')).stdout).toHaveLength(3_000_000);
    expect(asker.questions).toHaveLength(1);
  });

  it('that has several host keys proves the one that is known', async () => {
    const rsa = path.join(folder, 'rsa');
    await execute('ssh-keygen', ['-q', '-t', 'rsa', '-b', '2048', '-N', '', '-f', rsa]);
    const sshd = opened.use(await startSshd([`HostKey ${rsa}`]));
    const [type, key] = (await readFile(`${rsa}.pub`, 'utf8')).split(' ');
    const file = path.join(folder, 'known_hosts');
    await writeFile(file, `[127.0.0.1]:${String(sshd.port)} ${String(type)} ${String(key)}\n`);
    const connector = opened.use(createConnector({ knownHostsFiles: [file] }));
    const asker = person();
    await connector.connect({ profile: sshd.profile(), pinnedHostKey: null }, asker, never);
    expect(asker.questions).toEqual([]);
  });
});

describeWithSshd('an OpenSSH server that allows one session', () => {
  it('lets shell, files and an upload take turns', async () => {
    const opened = new DisposableStack();
    try {
      const sshd = opened.use(await startSshd(['MaxSessions 1']));
      const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-ssh-test-'));
      opened.defer(() => rm(folder, { recursive: true, force: true }));
      const connector = opened.use(createConnector({ knownHostsFiles: [] }));
      const { shell, files } = await connector.connect({ profile: sshd.profile(), pinnedHostKey: sshd.hostKeyFingerprint }, person(), never);
      const file = path.join(folder, 'big');
      await writeFile(file, randomBytes(20_000_000));
      const [upload, first, second, stats] = await Promise.all([
        files.upload(file, `${folder}/target`),
        shell.run('echo 1'),
        shell.run('echo 2'),
        files.stat('/'),
      ]);
      expect(upload.bytes).toBe(20_000_000);
      expect([first.stdout, second.stdout, stats?.kind]).toEqual(['1\n', '2\n', 'folder']);
      expect((await shell.run('echo 3')).stdout).toBe('3\n');
    } finally {
      await opened.dispose();
    }
  });
});
