import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { forPrograms } from '../../../shared/messages/forPrograms.ts';
import { person, testBench } from '../testing/attempts.ts';
import { fingerprint, makeKey, startAgent } from '../testing/keys.ts';
import { describeWithSshd, execute, profileFor, startSshd, type Sshd } from '../testing/sshd.ts';

const AUTHORITIES: [string, string[]][] = [
  ['ed25519', ['-t', 'ed25519']],
  ['RSA', ['-t', 'rsa', '-b', '2048']],
  ['ECDSA', ['-t', 'ecdsa']],
];

/** Signs `key.pub` into `key-cert.pub`. */
async function certify(authority: string, key: string, ...options: string[]): Promise<void> {
  await execute('ssh-keygen', ['-q', '-s', authority, '-I', 'ada of the physics department', ...options, `${key}.pub`]);
}

describeWithSshd('a certificate of a user, on a real OpenSSH server that trusts its authority', () => {
  const bench = testBench();

  async function trusting(kind: string[]): Promise<{ sshd: Sshd; authority: string }> {
    const authority = await makeKey(`${bench.folder}/authority`, kind);
    return { sshd: bench.opened.use(await startSshd([`TrustedUserCAKeys ${authority}.pub`])), authority };
  }

  it.each(AUTHORITIES)('of %s logs in keys of every kind, beside the key or named', async (_, kind) => {
    const { sshd, authority } = await trusting(kind);
    for (const [name, keyKind] of AUTHORITIES) {
      const key = await makeKey(`${bench.folder}/id-${name}`, keyKind);
      await certify(authority, key, '-n', 'root,ada', '-V', '-1h:+1h');
      const asker = person();
      await bench.connect(sshd.profile([{ kind: 'key', path: key }], 'root'), asker);
      expect(asker.tried()).toEqual(['publickey accepted']);
      expect(JSON.stringify(forPrograms(asker.traces))).toContain(
        'certificate “ada of the physics department” for root, ada',
      );
      await execute('mv', [`${key}-cert.pub`, `${bench.folder}/elsewhere.pub`]);
      await bench.connect(
        sshd.profile([{ kind: 'key', path: key, certificate: `${bench.folder}/elsewhere.pub` }], 'root'),
      );
    }
  });

  it.each(AUTHORITIES)(
    'of a locked key asks for its passphrase, and in the agent for nothing (%s)',
    async (_, kind) => {
      const { sshd, authority } = await trusting(['-t', 'ed25519']);
      const key = await makeKey(`${bench.folder}/id`, kind, 'secret');
      await certify(authority, key, '-n', 'root');
      const asker = person('secret');
      await bench.connect(sshd.profile([{ kind: 'key', path: key }], 'root'), asker);
      expect(asker.questions).toMatchObject([{ method: 'passphrase' }]);
      const agent = bench.opened.use(await startAgent(bench.folder));
      await execute('ssh-keygen', ['-q', '-p', '-P', 'secret', '-N', '', '-f', key]);
      await agent.add(key);
      const silent = person();
      await bench.connect(sshd.profile([{ kind: 'agent', socket: agent.socket }], 'root'), silent);
      expect(silent.tried()).toEqual(['publickey accepted']);
      expect(JSON.stringify(forPrograms(silent.traces))).toContain('certificate “ada');
    },
  );

  it('that has expired, or is not of this key, is not offered, and it is said why', async () => {
    const { sshd, authority } = await trusting(['-t', 'ed25519']);
    const key = await makeKey(`${bench.folder}/id`);
    await certify(authority, key, '-n', 'root', '-V', '20200101:20200201');
    const asker = person();
    await expect(bench.connect(sshd.profile([{ kind: 'key', path: key }], 'root'), asker)).rejects.toMatchObject({
      name: 'AUTH_FAILED',
    });
    expect(asker.tried()).toEqual(['publickey skipped', 'publickey refused']);
    expect(JSON.stringify(forPrograms(asker.traces))).toContain('the certificate expired on 2020-0');
    await certify(authority, key, '-n', 'root', '-V', '20400101:20400201');
    const early = person();
    await expect(bench.connect(sshd.profile([{ kind: 'key', path: key }], 'root'), early)).rejects.toMatchObject({
      name: 'AUTH_FAILED',
    });
    expect(JSON.stringify(forPrograms(early.traces))).toContain('valid only from 20');
    const other = await makeKey(`${bench.folder}/other`);
    await certify(authority, other, '-n', 'root');
    const mixed = person();
    await expect(
      bench.connect(sshd.profile([{ kind: 'key', path: key, certificate: `${other}-cert.pub` }], 'root'), mixed),
    ).rejects.toMatchObject({ name: 'AUTH_FAILED' });
    expect(JSON.stringify(forPrograms(mixed.traces))).toContain('it certifies another key');
  });

  it('for other users is offered, since a site may map them, and says whom it is for', async () => {
    const { sshd, authority } = await trusting(['-t', 'ed25519']);
    const key = await makeKey(`${bench.folder}/id`);
    await certify(authority, key, '-n', 'grace');
    await expect(bench.connect(sshd.profile([{ kind: 'key', path: key }], 'root'))).rejects.toMatchObject({
      name: 'AUTH_FAILED',
      details: { attempts: [expect.stringContaining('for grace, not for root'), expect.anything()] },
    });
    const mapping = `${bench.folder}/principals`;
    await writeFile(mapping, 'grace\n');
    const mapped = bench.opened.use(
      await startSshd([`TrustedUserCAKeys ${authority}.pub`, `AuthorizedPrincipalsFile ${mapping}`]),
    );
    await bench.connect(mapped.profile([{ kind: 'key', path: key }], 'root'));
  });
});

describeWithSshd('a certificate of a host, on a real OpenSSH server', () => {
  const bench = testBench();

  /** A server with this host key, certified for these names, and a known_hosts file that trusts its authority. */
  async function certified(
    names: string,
    authorityKind: string[] = ['-t', 'ed25519'],
    hostKind: string[] = ['-t', 'ed25519'],
    ...options: string[]
  ): Promise<{ sshd: Sshd; hostKey: string }> {
    const authority = await makeKey(`${bench.folder}/authority`, authorityKind);
    const hostKey = await makeKey(`${bench.folder}/host`, hostKind);
    await certify(authority, hostKey, '-h', '-n', names, ...options);
    const sshd = bench.opened.use(await startSshd([`HostKey ${hostKey}`, `HostCertificate ${hostKey}-cert.pub`]));
    await mkdir(path.dirname(bench.knownHosts), { recursive: true });
    await appendFile(bench.knownHosts, `@cert-authority * ${await readFile(`${authority}.pub`, 'utf8')}`);
    return { sshd, hostKey };
  }

  it.each(AUTHORITIES)('is accepted without a question when its authority (%s) is trusted', async (_, kind) => {
    const { sshd } = await certified('127.0.0.1', kind);
    const asker = person();
    const { shell } = await bench.connect(sshd.profile(), asker);
    expect(asker.hosts).toEqual([]);
    expect(asker.traces).toContainEqual(
      expect.objectContaining({ kind: 'hostKey', verdict: 'certified', algorithm: 'ssh-ed25519-cert-v01@openssh.com' }),
    );
    expect((await shell.run('echo in')).stdout).toBe('in\n');
  });

  it('survives a change of the session keys', async () => {
    const authority = await makeKey(`${bench.folder}/authority`);
    const hostKey = await makeKey(`${bench.folder}/host`, ['-t', 'ecdsa']);
    await certify(authority, hostKey, '-h', '-n', '127.0.0.1');
    const sshd = bench.opened.use(
      await startSshd([`HostKey ${hostKey}`, `HostCertificate ${hostKey}-cert.pub`, 'RekeyLimit 1M']),
    );
    const file = `${bench.folder}/trusted`;
    await writeFile(file, `@cert-authority 127.0.0.1,[127.0.0.1]:* ${await readFile(`${authority}.pub`, 'utf8')}`);
    const asker = person();
    const { shell } = await bench.connect(sshd.profile(), asker, { knownHostsFiles: [file] });
    expect((await shell.run('head -c 5000000 /dev/zero | tr "\\0" x')).stdout).toHaveLength(5_000_000);
    expect(asker.hosts).toEqual([]);
  });

  it.each([
    ['for another host', ['login.elsewhere.org'], []],
    ['out of date', ['127.0.0.1'], ['-V', '20200101:20200201']],
  ])(
    '%s counts as the key in it: unknown, with the remark that an authority is trusted',
    async (_, [names = ''], options) => {
      const { sshd, hostKey } = await certified(names, undefined, undefined, ...options);
      const asker = person();
      await bench.connect(sshd.profile(), asker);
      expect(asker.hosts).toMatchObject([
        { algorithm: 'ssh-ed25519', fingerprint: await fingerprint(hostKey), authorityKnown: true },
      ]);
      const again = person();
      await bench.connect(profileFor(sshd.port, 'root', [{ kind: 'key', path: sshd.keyPath }]), again);
      expect(again.hosts).toEqual([]);
    },
  );

  it('of an authority that is revoked is refused', async () => {
    const { sshd } = await certified('127.0.0.1');
    await appendFile(bench.knownHosts, `@revoked * ${await readFile(`${bench.folder}/authority.pub`, 'utf8')}`);
    await expect(bench.connect(sshd.profile())).rejects.toMatchObject({ name: 'HOST_KEY_REVOKED' });
  });

  it('of an RSA key is not asked for: the key itself is', async () => {
    const { sshd, hostKey } = await certified('127.0.0.1', undefined, ['-t', 'rsa', '-b', '2048']);
    const rsa = bench.opened.use(
      await startSshd([
        `HostKey ${hostKey}`,
        `HostCertificate ${hostKey}-cert.pub`,
        'HostKeyAlgorithms rsa-sha2-512-cert-v01@openssh.com,rsa-sha2-512',
      ]),
    );
    const asker = person();
    await bench.connect(rsa.profile(), asker);
    expect(asker.hosts).toMatchObject([{ algorithm: 'ssh-rsa', authorityKnown: true }]);
    expect(sshd.port).not.toBe(rsa.port);
  });
});
