import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ClusterProfile, type HostKeyRules } from '../../../shared/domain/cluster/profile.ts';
import { person, testBench } from '../testing/attempts.ts';
import { fingerprint, makeKey } from '../testing/keys.ts';
import { describeWithSshd, execute, startSshd, type Sshd } from '../testing/sshd.ts';

describeWithSshd('the host key of a real OpenSSH server', () => {
  const bench = testBench();
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.dispose();
  });

  const withRules = (hostKeys: Partial<HostKeyRules>, server = sshd): ClusterProfile =>
    ClusterProfile.parse({ ...server.profile(), hostKeys });
  const name = (server = sshd): string => `[127.0.0.1]:${String(server.port)}`;

  /** What the real ssh says of a server when it may not ask and must find its key in this file. */
  async function sshWith(file: string, server = sshd): Promise<string> {
    const options = [
      'UserKnownHostsFile=' + file,
      'GlobalKnownHostsFile=/dev/null',
      'StrictHostKeyChecking=yes',
      'BatchMode=yes',
      'IdentitiesOnly=yes',
      'IdentityAgent=none',
    ];
    const args = [
      '-F',
      'none',
      '-p',
      String(server.port),
      '-i',
      server.keyPath,
      ...options.flatMap((option) => ['-o', option]),
      '127.0.0.1',
      'echo in',
    ];
    return (await execute('ssh', args)).stdout;
  }

  it('is asked about once, with the fingerprint that ssh prints, and is written so that ssh-keygen and ssh find it', async () => {
    const asker = person();
    await bench.connect(sshd.profile(), asker);
    expect(asker.hosts).toMatchObject([
      {
        host: '127.0.0.1',
        port: sshd.port,
        algorithm: 'ssh-ed25519',
        fingerprint: sshd.hostKeyFingerprint,
        authorityKnown: false,
      },
    ]);
    expect(asker.traces).toContainEqual(expect.objectContaining({ kind: 'hostKey', verdict: 'confirmed' }));
    expect((await execute('ssh-keygen', ['-F', name(), '-f', bench.knownHosts])).stdout).toContain('ssh-ed25519');
    expect(await sshWith(bench.knownHosts)).toBe('in\n');
    expect((await stat(bench.knownHosts)).mode & 0o777).toBe(0o600);
    expect((await stat(path.dirname(bench.knownHosts))).mode & 0o777).toBe(0o700);
    const again = person();
    await bench.connect(sshd.profile(), again);
    expect(again.hosts).toEqual([]);
    expect(again.traces).toContainEqual(expect.objectContaining({ kind: 'hostKey', verdict: 'known' }));
  });

  it('is filed without the name where the profile hides names, and ssh reads that', async () => {
    await bench.connect(withRules({ hash: true }));
    const text = await readFile(bench.knownHosts, 'utf8');
    expect(text).toMatch(/^\|1\|/);
    expect(text).not.toContain('127.0.0.1');
    expect((await execute('ssh-keygen', ['-F', name(), '-f', bench.knownHosts])).stdout).toContain('found: line 1');
    expect(await sshWith(bench.knownHosts)).toBe('in\n');
    const again = person();
    await bench.connect(sshd.profile(), again);
    expect(again.hosts).toEqual([]);
  });

  it('is known by a hashed name that ssh-keygen wrote', async () => {
    await bench.connect(sshd.profile());
    await execute('ssh-keygen', ['-H', '-f', bench.knownHosts]);
    expect(await readFile(bench.knownHosts, 'utf8')).toMatch(/^\|1\|/);
    const asker = person();
    await bench.connect(sshd.profile(), asker);
    expect(asker.hosts).toEqual([]);
  });

  it('is filed in the files and under the alias that the profile names', async () => {
    const files = [`${bench.folder}/one/known_hosts`, `${bench.folder}/two`];
    await bench.connect(withRules({ files, alias: 'Cluster' }));
    expect(await readFile(files[0]!, 'utf8')).toMatch(/^cluster ssh-ed25519 /);
    await expect(stat(bench.knownHosts)).rejects.toThrow();
    await execute('mv', [files[0]!, files[1]!]);
    const asker = person();
    await bench.connect(withRules({ files, alias: 'cluster' }), asker);
    expect(asker.hosts).toEqual([]);
  });

  it('is filed nowhere, and asked about each time, where the profile wants no file', async () => {
    const system = `${bench.folder}/system`;
    await writeFile(system, '');
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const asker = person();
      await bench.connect(withRules({ files: ['none'] }), asker, { knownHostsFiles: [bench.knownHosts, system] });
      expect(asker.hosts).toHaveLength(1);
    }
    expect(await readFile(system, 'utf8')).toBe('');
    await expect(stat(bench.knownHosts)).rejects.toThrow();
  });

  it('is known from the same host without its port, as with ssh', async () => {
    await bench.connect(sshd.profile());
    const [, ...key] = (await readFile(bench.knownHosts, 'utf8')).split(' ');
    await writeFile(bench.knownHosts, `127.0.0.1 ${key.join(' ')}`);
    expect(await sshWith(bench.knownHosts)).toBe('in\n');
    const asker = person();
    await bench.connect(sshd.profile(), asker);
    expect(asker.hosts).toEqual([]);
  });

  it.each([false, true])(
    'that has changed is refused until the old one is removed on purpose (names hidden: %s)',
    async (hash) => {
      const first = bench.opened.use(await startSshd());
      const old = first.hostKeyFingerprint;
      await bench.connect(withRules({ hash }, first));
      await first.dispose();
      const second = bench.opened.use(await startSshd([], { port: first.port }));
      const profile = withRules({ hash }, second);
      const before = await readFile(bench.knownHosts, 'utf8');
      for (let attempt = 0; attempt < 2; attempt += 1) {
        await expect(bench.connect(profile)).rejects.toMatchObject({
          name: 'HOST_KEY_CHANGED',
          details: {
            host: '127.0.0.1',
            port: first.port,
            file: bench.knownHosts,
            line: 1,
            knownFingerprints: [old],
            offeredFingerprint: second.hostKeyFingerprint,
          },
        });
      }
      const connector = bench.connector();
      expect(await connector.forgetHostKey(profile, '127.0.0.1', first.port, 'SHA256:another')).toEqual({
        removed: 0,
        files: [],
      });
      expect(await connector.forgetHostKey(profile, '127.0.0.1', first.port, old)).toEqual({
        removed: 1,
        files: [bench.knownHosts],
      });
      expect(await readFile(`${bench.knownHosts}.old`, 'utf8')).toBe(before);
      const asker = person();
      await bench.connect(profile, asker);
      expect(asker.hosts).toMatchObject([{ fingerprint: second.hostKeyFingerprint }]);
      expect(await sshWith(bench.knownHosts, second)).toBe('in\n');
    },
  );

  it('is accepted pinned without a question or a file, and no other', async () => {
    const asker = person();
    await bench.connect(sshd.profile(), asker, { pin: sshd.hostKeyFingerprint });
    expect(asker.hosts).toEqual([]);
    await expect(stat(bench.knownHosts)).rejects.toThrow();
    await expect(bench.connect(sshd.profile(), asker, { pin: 'SHA256:something-else' })).rejects.toMatchObject({
      name: 'HOST_KEY_CHANGED',
    });
  });

  it('that is revoked is refused, whatever else knows it', async () => {
    await bench.connect(sshd.profile());
    const [, ...key] = (await readFile(bench.knownHosts, 'utf8')).split(' ');
    await writeFile(bench.knownHosts, `${await readFile(bench.knownHosts, 'utf8')}@revoked * ${key.join(' ')}`);
    await expect(bench.connect(sshd.profile())).rejects.toMatchObject({
      name: 'HOST_KEY_REVOKED',
      details: { file: bench.knownHosts, line: 2 },
    });
  });

  it('is the known one of several', async () => {
    const rsa = await makeKey(`${bench.folder}/rsa`, ['-t', 'rsa', '-b', '2048']);
    const several = bench.opened.use(await startSshd([`HostKey ${rsa}`]));
    await mkdir(path.dirname(bench.knownHosts));
    await writeFile(bench.knownHosts, `${name(several)} ${await readFile(`${rsa}.pub`, 'utf8')}`);
    const asker = person();
    await bench.connect(several.profile(), asker);
    expect(asker.hosts).toEqual([]);
    expect(asker.traces).toContainEqual(
      expect.objectContaining({ kind: 'hostKey', fingerprint: await fingerprint(rsa) }),
    );
  });
});
