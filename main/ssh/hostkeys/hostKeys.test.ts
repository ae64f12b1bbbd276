import { createHmac, randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hostKeyAlgorithms, judgeHostKey } from './hostKeys.ts';
import { fingerprintOf, hostName, namesHost, parseKnownHosts } from './knownHosts.ts';
import { wireString } from '../keys/wireReader.ts';

/** A public key blob of this type; what is in it does not matter here. */
function keyOf(type: string): Buffer {
  const name = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return Buffer.concat([length, name, randomBytes(32)]);
}

const entry = (hosts: string, key: Buffer, marker = ''): string =>
  `${marker}${hosts} ${key.toString('latin1', 4, 4 + key.readUInt32BE(0))} ${key.toString('base64')} a comment\n`;
const read = (...entries: string[]): ReturnType<typeof parseKnownHosts> =>
  parseKnownHosts(entries.join(''), 'known_hosts');
const ed25519 = keyOf('ssh-ed25519');

describe('the host field of a known_hosts line', () => {
  it.each([
    ['login.hpc.org', 'login.hpc.org', 22, true],
    ['login.hpc.org', 'LOGIN.hpc.ORG', 22, true],
    ['login.hpc.org', 'login.hpc.org', 2222, false],
    ['[login.hpc.org]:2222', 'login.hpc.org', 2222, true],
    ['[login.hpc.org]:2222', 'login.hpc.org', 22, false],
    ['other,login.hpc.org,10.0.0.1', '10.0.0.1', 22, true],
    ['*.hpc.org', 'login.hpc.org', 22, true],
    ['*.hpc.org', 'loginxhpcxorg', 22, false],
    ['login?.hpc.org', 'login1.hpc.org', 22, true],
    ['login?.hpc.org', 'login12.hpc.org', 22, false],
    ['*.hpc.org,!bad.hpc.org', 'bad.hpc.org', 22, false],
    ['!bad.hpc.org', 'good.hpc.org', 22, false],
    ['::1', '::1', 22, true],
  ])('%s names %s port %d: %s', (hosts, host, port, named) => {
    expect(namesHost(hosts, hostName(host, port).filed)).toBe(named);
  });

  it('is read in time whatever its patterns are', () => {
    const startedAt = performance.now();
    expect(namesHost(`${'*?'.repeat(12)}!`, 'a'.repeat(46))).toBe(false);
    for (const part of ['*', '*?', '*a', 'a,', '!*,', 'a*,', '*a*b,', '|'])
      namesHost(part.repeat(500_000 / part.length), `${'ab'.repeat(100)}.org`);
    expect(performance.now() - startedAt).toBeLessThan(5000);
  });

  it('may be hashed, with the port in brackets', () => {
    const salt = randomBytes(20);
    const hash = createHmac('sha1', salt).update('[login]:2222').digest('base64');
    expect(namesHost(`|1|${salt.toString('base64')}|${hash}`, '[login]:2222')).toBe(true);
    expect(namesHost(`|1|${salt.toString('base64')}|${hash}`, 'login')).toBe(false);
    expect(namesHost('|1|broken', 'login')).toBe(false);
  });
});

describe('a host key', () => {
  it('is known when one of several lines has it', () => {
    expect(
      judgeHostKey(read(entry('h', keyOf('ssh-ed25519')), entry('h', ed25519)), hostName('h', 22), ed25519, 0).kind,
    ).toBe('known');
  });

  it('is unknown when only other hosts, comments, damaged lines or authorities are on file', () => {
    const lines = read(
      '# h ssh-ed25519 x\n',
      '\n',
      'h ssh-ed25519\n',
      'h ssh-ed25519 !!!\n',
      entry('i', ed25519),
      entry('h', ed25519, '@cert-authority '),
    );
    expect(judgeHostKey(lines, hostName('h', 22), ed25519, 0).kind).toBe('unknown');
  });

  it('has changed when the line of that host holds another one, and the verdict names the line', () => {
    const old = keyOf('ssh-ed25519');
    expect(judgeHostKey(read('# first\n', entry('h', old)), hostName('h', 22), ed25519, 0)).toMatchObject({
      kind: 'changed',
      line: { line: 2 },
      knownFingerprints: [fingerprintOf(old)],
    });
  });

  it('has changed also when the known one is of another type, but not when that type is one that we never use', () => {
    expect(judgeHostKey(read(entry('h', keyOf('ssh-rsa'))), hostName('h', 22), ed25519, 0).kind).toBe('changed');
    expect(judgeHostKey(read(entry('h', keyOf('ssh-dss'))), hostName('h', 22), ed25519, 0).kind).toBe('unknown');
  });

  it('is refused when it is revoked, even if another line knows it', () => {
    expect(
      judgeHostKey(read(entry('h', ed25519), entry('*', ed25519, '@revoked ')), hostName('h', 22), ed25519, 0).kind,
    ).toBe('revoked');
  });

  it('is asked for in the types that are on file first', () => {
    expect(hostKeyAlgorithms(read(entry('h', keyOf('ssh-rsa'))), hostName('h', 22)).slice(0, 3)).toEqual([
      'rsa-sha2-512',
      'rsa-sha2-256',
      'ssh-ed25519',
    ]);
    expect(hostKeyAlgorithms([], hostName('h', 22))).not.toContain('ssh-rsa');
  });

  it('in a certificate that nobody signed is judged in time, however many names it claims to be for and whatever they are', () => {
    const authority = keyOf('ssh-ed25519');
    const claiming = (principals: string[]): Buffer =>
      Buffer.concat([
        ...['ssh-ed25519-cert-v01@openssh.com', 'nonce', Buffer.alloc(32)].map(wireString),
        Buffer.alloc(8),
        Buffer.from([0, 0, 0, 2]),
        ...['id', Buffer.concat(principals.map(wireString))].map(wireString),
        Buffer.alloc(8),
        Buffer.alloc(8, 0xff),
        ...['', '', '', authority, 'no signature'].map(wireString),
      ]);
    const lines = read(entry('*', authority, '@cert-authority '));
    const startedAt = performance.now();
    for (const principals of [
      [`${'*?'.repeat(12)}!`],
      Array<string>(250).fill('*?'.repeat(60)),
      Array<string>(30_000).fill('*a'),
      ['*?'.repeat(100_000)],
    ]) {
      const judged = judgeHostKey(lines, hostName(`${'a'.repeat(46)}.org`, 22), claiming(principals), Date.now());
      expect(judged).toEqual({ kind: 'unknown', authorityKnown: true });
    }
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });
});
