import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RemoteConnection } from '../../core/ports.ts';
import { person, testBench } from '../testing/attempts.ts';
import { createUser, describeWithSshd, execute, startSshd, type Sshd } from '../testing/sshd.ts';

/** As conda's: a function, an `eval` of what a program prints, and a failing command in between. */
const CONDA = `__setup="$(printf 'export CONDA_SHLVL=0\\nconda() { echo "conda $*"; }\\n')"
eval "$__setup"
unset __setup
conda activate base
false
alias stat='echo no' head='echo no'
`;

/** Start-up files that print or read, by the login shell that runs them for a command without a terminal. */
const NOISY: readonly (readonly [string, string, string, string])[] = [
  ['bash that greets on both streams', '/bin/bash', '.bashrc', 'echo Welcome; echo "quota 90 %" >&2\n'],
  ['bash that greets in Korean', '/bin/bash', '.bashrc', "echo '환영합니다'\n"],
  [
    'bash that prints five megabytes',
    '/bin/bash',
    '.bashrc',
    'head -c 5000000 /dev/zero | tr "\\0" x; head -c 1000000 /dev/zero >&2\n',
  ],
  ['bash that reads a line', '/bin/bash', '.bashrc', 'echo "Press Enter to accept the terms"; read -r answer\n'],
  ['bash that reads four letters', '/bin/bash', '.bashrc', 'read -r -n 4 answer\n'],
  ['bash with hooks as conda’s', '/bin/bash', '.bashrc', CONDA],
  ['bash that goes elsewhere', '/bin/bash', '.bashrc', 'cd /tmp; pwd; set -- a b; umask 000\n'],
  ['tcsh that greets', '/usr/bin/tcsh', '.cshrc', 'echo Welcome\nsetenv FROM_RC yes\n'],
  ['fish that greets', '/usr/bin/fish', '.config/fish/config.fish', 'echo Willkommen\n'],
];

describeWithSshd('a login shell with a start-up file', () => {
  let sshd: Sshd;
  let single: Sshd;
  const bench = testBench();

  beforeAll(async () => {
    sshd = await startSshd();
    single = await startSshd(['MaxSessions 1']);
  });
  afterAll(async () => {
    await sshd.dispose();
    await single.dispose();
  });

  async function connect(
    server: Sshd,
    shell: string,
    file: string,
    text: string,
  ): Promise<{ connection: RemoteConnection; home: string }> {
    const user = bench.opened.use(await createUser(shell, { [file]: text }));
    const connection = await bench.connect(server.profile(undefined, user.name), person(), {
      pin: server.hostKeyFingerprint,
      timings: { requestMs: 20_000 },
    });
    return { connection, home: user.home };
  }

  it.each(NOISY)('in %s: commands and files work', async (_, shell, file, text) => {
    const { connection, home } = await connect(sshd, shell, file, text);
    const script = `printf '%s\\n' 'a "b" $c !d'; echo e >&2; false`;
    expect(await connection.shell.run(script)).toMatchObject({ exitCode: 1, stdout: 'a "b" $c !d\n', stderr: 'e\n' });
    const content = randomBytes(300_000);
    await connection.files.write('data', content, { mode: 0o640 });
    expect(await readFile(`${home}/data`)).toEqual(content);
    expect(Buffer.from(await connection.files.read('~/data'.replace('~', home), 0, 400_000))).toEqual(content);
    expect(await connection.files.stat('data')).toMatchObject({ kind: 'file', size: 300_000, mode: 0o640 });
    // only what prints or reads where SFTP packets belong spoils it
    expect(connection.fileTransport).toBe('shell');
  });

  it('that is silent leaves SFTP as it is', async () => {
    const { connection, home } = await connect(sshd, '/bin/bash', '.bashrc', 'export QUIET=yes\nalias ls=false\n');
    expect(await connection.files.resolve('~')).toBe(home);
    expect(connection.fileTransport).toBe('sftp');
  });

  it.each([
    ['spoils SFTP', 'echo Welcome\n'],
    ['is silent', ''],
  ])('that %s works where only one session is allowed: commands, files and an upload at once', async (_, text) => {
    const { connection, home } = await connect(single, '/bin/bash', '.bashrc', text);
    const { shell, files } = connection;
    const local = `${bench.folder}/big`;
    const content = randomBytes(20_000_000);
    await writeFile(local, content);
    const [upload, first, second, stats] = await Promise.all([
      files.upload(local, `${home}/target`),
      shell.run('echo 1'),
      shell.run('echo 2'),
      files.stat('/'),
    ]);
    expect(upload.bytes).toBe(20_000_000);
    expect([first.stdout, second.stdout, stats?.kind]).toEqual(['1\n', '2\n', 'folder']);
    expect((await readFile(`${home}/target`)).equals(content)).toBe(true);
    expect((await shell.run('echo 3')).stdout).toBe('3\n');
  });

  it('that reads everything is given up in time', async () => {
    const user = bench.opened.use(await createUser('/bin/bash', { '.bashrc': 'cat > /dev/null\n' }));
    const connecting = bench.connect(sshd.profile(undefined, user.name), person(), {
      pin: sshd.hostKeyFingerprint,
      timings: { requestMs: 1000 },
    });
    await expect(connecting).rejects.toMatchObject({ name: 'REMOTE_TIMEOUT' });
  });

  it('that never stops printing is given up in time', async () => {
    const user = bench.opened.use(await createUser('/bin/bash', { '.bashrc': 'yes\n' }));
    await expect(
      bench.connect(sshd.profile(undefined, user.name), person(), { pin: sshd.hostKeyFingerprint }),
    ).rejects.toMatchObject({ name: 'REMOTE_GARBAGE' });
  });

  it('says why neither way to files works', async () => {
    const user = bench.opened.use(await createUser('/bin/bash', { '.bashrc': 'echo Welcome\nPATH=$HOME/bin\n' }));
    await execute('mkdir', [`${user.home}/bin`]);
    const { files, shell } = await bench.connect(sshd.profile(undefined, user.name), person(), {
      pin: sshd.hostKeyFingerprint,
    });
    await expect(files.stat('/')).rejects.toMatchObject({
      name: 'SFTP_UNAVAILABLE',
      message: expect.stringMatching(/start-up file.*over the shell: head, tail or stat is missing/) as string,
    });
    expect((await shell.run('echo in')).stdout).toBe('in\n');
  });
});
