import { createHash, randomBytes } from 'node:crypto';
import { readFile, stat, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { quote } from '../../shared/lib/quote.ts';
import type { RemoteConnection } from '../core/ports.ts';
import { person, testBench } from './testing/attempts.ts';
import { createUser, describeWithSshd, execute, startSshd, type Sshd } from './testing/sshd.ts';

describeWithSshd('a real OpenSSH server', () => {
  const bench = testBench();
  let sshd: Sshd;
  let folder: string;

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.dispose();
  });
  beforeEach(() => {
    ({ folder } = bench);
  });

  const connect = async (profile = sshd.profile()): Promise<RemoteConnection> => bench.connect(profile);

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

  it.each([
    ['/bin/bash', '.bashrc', 'echo Welcome; echo "quota 90 %" >&2\n'],
    ['/usr/bin/tcsh', '.cshrc', 'echo Welcome\nsetenv FROM_RC yes\n'],
    ['/usr/bin/fish', '.config/fish/config.fish', 'echo Willkommen\n'],
  ])('works with the login shell %s and a start-up file that prints', async (shell, file, text) => {
    const user = bench.opened.use(await createUser(shell, { [file]: text }));
    const connection = await connect(sshd.profile(undefined, user.name));
    const script = `printf '%s\\n' 'a "b" $c !d'; echo e >&2; false`;
    expect(await connection.shell.run(script)).toMatchObject({ exitCode: 1, stdout: 'a "b" $c !d\n', stderr: 'e\n' });
  });

  it.each([
    ['ASCII', 'Welcome to the cluster'],
    ['Korean', '환영합니다'],
  ])('reads files over the shell when a start-up file prints %s text that breaks SFTP', async (_, greeting) => {
    const user = bench.opened.use(await createUser('/bin/bash', { '.bashrc': `echo '${greeting}'\n` }));
    const connection = await connect(sshd.profile(undefined, user.name));
    expect(await connection.files.resolve('~')).toBe(user.home);
    expect(connection.filesVia).toBe('shell');
    expect((await connection.shell.run('echo still here')).stdout).toBe('still here\n');
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
  const bench = testBench();
  let folder: string;

  beforeEach(() => {
    ({ folder } = bench);
  });

  it('that has no rename over a file and takes small pieces gets whole files all the same', async () => {
    const sshd = bench.opened.use(await startSshd(['Subsystem sftp /usr/lib/openssh/sftp-server -P posix-rename,limits']));
    const { files } = await bench.connect(sshd.profile());
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
    const sshd = bench.opened.use(await startSshd(['RekeyLimit 1M']));
    const asker = person();
    const { files, shell } = await bench.connect(sshd.profile(), asker);
    const content = randomBytes(12_000_000);
    await writeFile(`${folder}/source`, content);
    await files.upload(`${folder}/source`, `${folder}/target`);
    expect(Buffer.from(await files.read(`${folder}/target`, 0, content.length)).equals(content)).toBe(true);
    expect((await shell.run('head -c 3000000 /dev/zero | tr "\\0" x')).stdout).toHaveLength(3_000_000);
    expect(asker.hosts).toHaveLength(1);
  });

});

describeWithSshd('an OpenSSH server that allows one session', () => {
  const bench = testBench();

  it('lets shell, files and an upload take turns', async () => {
    const sshd = bench.opened.use(await startSshd(['MaxSessions 1']));
    const { folder } = bench;
    const { shell, files } = await bench.connect(sshd.profile());
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
  });
});
