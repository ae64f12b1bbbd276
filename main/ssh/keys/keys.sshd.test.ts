import { cp, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { forPrograms } from '../../../shared/messages/forPrograms.ts';
import { person, testBench } from '../testing/attempts.ts';
import { authorize, makeKey } from '../testing/keys.ts';
import { describeWithSshd, execute, startSshd, type Sshd } from '../testing/sshd.ts';
import { message } from '../../../shared/messages/message.ts';

describeWithSshd('a private key, on a real OpenSSH server', () => {
  const bench = testBench();
  let sshd: Sshd;

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(async () => {
    await sshd.dispose();
  });

  const KINDS: [string, string[]][] = [
    ['OpenSSH ed25519', ['-t', 'ed25519']],
    ['OpenSSH RSA', ['-t', 'rsa', '-b', '2048']],
    ['OpenSSH ECDSA of 256 bits', ['-t', 'ecdsa']],
    ['OpenSSH ECDSA of 384 bits', ['-t', 'ecdsa', '-b', '384']],
    ['OpenSSH ECDSA of 521 bits', ['-t', 'ecdsa', '-b', '521']],
    ['PEM RSA', ['-t', 'rsa', '-b', '2048', '-m', 'PEM']],
    ['PEM ECDSA', ['-t', 'ecdsa', '-m', 'PEM']],
    ['PKCS #8 RSA', ['-t', 'rsa', '-b', '2048', '-m', 'PKCS8']],
  ];

  it.each(KINDS)('logs in (%s)', async (_, kind) => {
    const key = await makeKey(`${bench.folder}/id`, kind);
    await authorize(sshd, key);
    const asker = person();
    await bench.connect(sshd.profile([{ kind: 'key', path: key }]), asker);
    expect(asker.tried()).toEqual(['publickey accepted']);
    expect(asker.questions).toEqual([]);
  });

  it.each(KINDS)('is unlocked after a wrong passphrase (%s)', async (_, kind) => {
    const key = await makeKey(`${bench.folder}/id`, kind, 'open sesame');
    await authorize(sshd, key);
    const asker = person('wrong', 'open sesame');
    const connection = await bench.connect(sshd.profile([{ kind: 'key', path: key }]), asker);
    expect(asker.questions).toMatchObject([
      { method: 'passphrase', title: message('login.passphraseOf', { path: key }), instructions: null },
      { method: 'passphrase', instructions: message('login.wrongPassphrase') },
    ]);
    expect((await connection.shell.run('echo in')).stdout).toBe('in\n');
  });

  it('in PKCS #8 may be ed25519, as openssl writes it', async () => {
    const key = `${bench.folder}/id`;
    await execute('openssl', ['genpkey', '-algorithm', 'ed25519', '-out', key]);
    const asker = person();
    await expect(bench.connect(sshd.profile([{ kind: 'key', path: key }]), asker)).rejects.toMatchObject({
      name: 'AUTH_FAILED',
    });
    const [, type, print] = /(ssh-ed25519) (SHA256:\S+)/.exec(JSON.stringify(forPrograms(asker.traces))) ?? [];
    expect([type, print]).toEqual(['ssh-ed25519', expect.stringMatching(/^SHA256:.{43}$/)]);
  });

  it.each([
    ['ed25519', ['-t', 'ed25519'], '3'],
    ['ECDSA', ['-t', 'ecdsa', '-b', '384'], '3'],
    ['RSA', ['-t', 'rsa', '-b', '2048'], '3'],
    ['RSA of the older form', ['-t', 'rsa', '-b', '2048'], '2'],
  ])('of PuTTY logs in (%s)', async (_, kind, version) => {
    const key = `${bench.folder}/id.ppk`;
    await writeFile(`${bench.folder}/none`, '');
    await execute('puttygen', [
      ...kind,
      '-q',
      '-O',
      'private',
      '--ppk-param',
      `version=${version}`,
      '--new-passphrase',
      `${bench.folder}/none`,
      '-o',
      key,
    ]);
    await execute('puttygen', [key, '-O', 'public-openssh', '-o', `${bench.folder}/id.ppk.pub`]);
    await authorize(sshd, key);
    await bench.connect(sshd.profile([{ kind: 'key', path: key }]));
  });

  it('of PuTTY’s newer form with a passphrase is named as what it is, and so is a damaged one', async () => {
    const key = `${bench.folder}/id.ppk`;
    await writeFile(`${bench.folder}/pass`, 'open sesame\n');
    await execute('puttygen', ['-t', 'ed25519', '-q', '--new-passphrase', `${bench.folder}/pass`, '-o', key]);
    await expect(bench.connect(sshd.profile([{ kind: 'key', path: key }]))).rejects.toMatchObject({
      name: 'KEY_UNREADABLE',
      details: { path: key, reason: message('keys.puttyPassphrase') },
    });
    await writeFile(key, 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\nPublic-Lines: 9999\n');
    await expect(bench.connect(sshd.profile([{ kind: 'key', path: key }]))).rejects.toMatchObject({
      name: 'KEY_UNREADABLE',
      details: { reason: message('keys.damaged') },
    });
  });

  it('that is missing, or is none, is named', async () => {
    const broken = `${bench.folder}/broken`;
    await writeFile(broken, 'not a key');
    await expect(bench.connect(sshd.profile([{ kind: 'key', path: broken }]))).rejects.toMatchObject({
      name: 'KEY_UNREADABLE',
      details: { path: broken },
    });
    await expect(bench.connect(sshd.profile([{ kind: 'key', path: `${broken}-not` }]))).rejects.toMatchObject({
      name: 'KEY_UNREADABLE',
    });
    await expect(bench.connect(sshd.profile([{ kind: 'key', path: `${sshd.keyPath}.pub` }]))).rejects.toMatchObject({
      name: 'KEY_UNREADABLE',
    });
  });

  it('that cannot be used does not keep the next one from its turn', async () => {
    const asker = person();
    await bench.connect(
      sshd.profile([
        { kind: 'key', path: `${bench.folder}/none` },
        { kind: 'key', path: sshd.keyPath },
      ]),
      asker,
    );
    expect(asker.tried()).toEqual(['publickey skipped', 'publickey accepted']);
  });

  it('whose passphrase is not wanted is not asked for it', async () => {
    const stranger = await makeKey(`${bench.folder}/stranger`, ['-t', 'ed25519'], 'secret');
    const asker = person();
    await bench.connect(
      sshd.profile([
        { kind: 'key', path: stranger },
        { kind: 'key', path: sshd.keyPath },
      ]),
      asker,
    );
    expect(asker.questions).toEqual([]);
    expect(asker.tried()).toEqual(['publickey refused', 'publickey accepted']);
  });

  it('without a passphrase given ends the attempt as cancelled', async () => {
    const key = await makeKey(`${bench.folder}/id`, ['-t', 'ed25519'], 'secret');
    await authorize(sshd, key);
    await expect(
      bench.connect(
        sshd.profile([
          { kind: 'key', path: key },
          { kind: 'key', path: sshd.keyPath },
        ]),
        person(),
      ),
    ).rejects.toMatchObject({ name: 'CANCELLED' });
  });

  it('says with its refusal what was tried and what the server would take', async () => {
    const key = await makeKey(`${bench.folder}/stranger`);
    await cp(`${key}.pub`, `${bench.folder}/copy.pub`);
    await expect(bench.connect(sshd.profile([{ kind: 'key', path: key }]))).rejects.toMatchObject({
      name: 'AUTH_FAILED',
      details: { tried: ['key'], offered: ['publickey'], attempts: [expect.stringContaining(key)] },
    });
  });
});
