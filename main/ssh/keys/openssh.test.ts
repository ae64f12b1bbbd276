import { randomBytes } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { quote } from '../../../shared/lib/quote.ts';
import type { RemoteConnection } from '../../core/ports.ts';
import { person, testBench } from '../testing/attempts.ts';
import { describeWithSshd, startSshd, type Sshd } from '../testing/sshd.ts';
import { WAYS_TO_FILES } from '../testing/waysToFiles.ts';

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
    while (
      await stat(gate).then(
        () => false,
        () => true,
      )
    );
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
    const { shell, onLost } = await connect().then((connection) => ({
      shell: connection.shell,
      onLost: connection.onLost.bind(connection),
    }));
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
});

describeWithSshd('an OpenSSH server of another kind', () => {
  const bench = testBench();
  let folder: string;

  beforeEach(() => {
    ({ folder } = bench);
  });

  it('that has no rename over a file and takes small pieces gets whole files all the same', async () => {
    const sshd = bench.opened.use(
      await startSshd(['Subsystem sftp /usr/lib/openssh/sftp-server -P posix-rename,limits']),
    );
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

  it.each(WAYS_TO_FILES)(
    'that changes its session keys every megabyte loses nothing over %s and asks nothing again',
    async (_, config) => {
      const sshd = bench.opened.use(await startSshd(['RekeyLimit 1M', ...config]));
      const asker = person();
      const { files, shell } = await bench.connect(sshd.profile(), asker);
      const content = randomBytes(12_000_000);
      await writeFile(`${folder}/source`, content);
      await files.upload(`${folder}/source`, `${folder}/target`);
      expect(Buffer.from(await files.read(`${folder}/target`, 0, content.length)).equals(content)).toBe(true);
      expect((await shell.run('head -c 3000000 /dev/zero | tr "\\0" x')).stdout).toHaveLength(3_000_000);
      expect(asker.hosts).toHaveLength(1);
    },
  );
});
