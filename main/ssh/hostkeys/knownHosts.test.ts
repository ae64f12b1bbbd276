import { chmod, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetInFile, withoutHostKey } from './forgetHostKey.ts';
import {
  fingerprintOf,
  hashedName,
  hostName,
  keyTypeOf,
  knownHostLine,
  namesHost,
  parseKnownHosts,
  rememberHostKey,
} from './knownHosts.ts';
import { wireString } from '../keys/wireReader.ts';

/** A key of this type, made of one byte. */
const keyOf = (type: string, byte: number): Buffer =>
  Buffer.concat([wireString(type), wireString(Buffer.alloc(32, byte))]);
const line = (hosts: string, key: Buffer, rest = ''): string =>
  `${hosts} ${keyTypeOf(key)} ${key.toString('base64')}${rest}\n`;
const OLD = keyOf('ssh-ed25519', 1);
const OTHER = keyOf('ssh-ed25519', 2);
const print = fingerprintOf(OLD);

describe('removing the key of a host', () => {
  it.each([
    ['takes its line', line('login', OLD), ''],
    ['takes a line whose name is hidden', line(hashedName('login'), OLD), ''],
    [
      'takes one name of several and leaves the others',
      line('login,login2,10.0.0.1', OLD, ' of the physics department'),
      line('login2,10.0.0.1', OLD, ' of the physics department'),
    ],
    ['takes a name whatever its case', line('LOGIN,other', OLD), line('other', OLD)],
    ['leaves a wildcard to the others', line('*.org,log*', OLD), line('*.org,log*,!login', OLD)],
    ['leaves another key of the same host', line('login', OTHER), line('login', OTHER)],
    ['leaves the same key of another host', line('login2', OLD), line('login2', OLD)],
    [
      'leaves authorities and revoked keys',
      line('@cert-authority login', OLD) + line('@revoked login', OLD),
      line('@cert-authority login', OLD) + line('@revoked login', OLD),
    ],
    [
      'leaves comments, blanks, ends of lines and what it does not understand',
      `# mine\r\n\r\n  \nlogin\n${line('login', OLD)}\tx y z\n`,
      '# mine\r\n\r\n  \nlogin\n\tx y z\n',
    ],
    ['takes a line without an end', `${line('a', OLD)}login ssh-ed25519 ${OLD.toString('base64')}`, line('a', OLD)],
  ])('%s', (_, before, after) => {
    expect(withoutHostKey(before, 'login', print).text).toBe(after);
  });

  const host = fc.stringMatching(/^[a-z0-9.-]{1,12}$/);
  const pattern = fc.oneof(
    host,
    host.map((name) => `!${name}`),
    host.map((name) => `*${name}`),
    host.map((name) => `[${name}]:2222`),
    fc.constant('login'),
  );
  const entry = fc.oneof(
    fc
      .tuple(
        fc.array(pattern, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(OLD, OTHER),
        fc.constantFrom('', '@revoked ', '@cert-authority '),
      )
      .map(([hosts, key, marker]) => line(marker + hosts.join(','), key)),
    fc.constantFrom(OLD, OTHER).map((key) => line(hashedName('login'), key)),
    fc.string().map((text) => `${text.replaceAll('\n', ' ')}\n`),
  );

  it('leaves nothing that knows that key for that host, and everything else knows what it knew', () => {
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 8 }), host, (entries, other) => {
        fc.pre(other !== 'login');
        const before = entries.join('');
        const { text, removed } = withoutHostKey(before, 'login', print);
        const known = (content: string, name: string): string[] =>
          parseKnownHosts(content, '')
            .filter(({ hosts }) => namesHost(hosts, name))
            .map(({ key, marker }) => `${marker} ${key.toString('base64')}`);
        const kept = known(before, 'login').filter((each) => each !== `none ${OLD.toString('base64')}`);
        expect(known(text, 'login')).toEqual(kept);
        expect(known(before, 'login').length - kept.length).toBe(removed);
        expect(known(text, other)).toEqual(known(before, other));
        if (removed === 0) expect(text).toBe(before);
      }),
    );
  });

  it('reads whatever stands there', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
        ),
        (text) => {
          parseKnownHosts(text, 'file');
          expect(withoutHostKey(text, 'login', print)).toEqual({ text, removed: 0 });
        },
      ),
    );
  });
});

describe('a known_hosts file', () => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-known-'));
    file = path.join(folder, 'known_hosts');
  });
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('keeps its permissions, its bytes and a link to it, and leaves a copy', async () => {
    const before = Buffer.concat([
      Buffer.from(line('login', OLD)),
      Buffer.from([0x23, 0xff, 0xfe, 0x0a]),
      Buffer.from('# 환영\n'),
    ]);
    await writeFile(file, before);
    await chmod(file, 0o640);
    const link = path.join(folder, 'link');
    await symlink(file, link);
    expect(await forgetInFile(link, 'login', print)).toBe(1);
    expect(await readFile(file)).toEqual(before.subarray(line('login', OLD).length));
    expect((await stat(file)).mode & 0o777).toBe(0o640);
    expect(await readFile(`${file}.old`)).toEqual(before);
    expect(await readFile(link)).toEqual(await readFile(file));
  });

  it('that is missing, or does not have the key, is left alone', async () => {
    expect(await forgetInFile(file, 'login', print)).toBe(0);
    await writeFile(file, line('login', OTHER));
    expect(await forgetInFile(file, 'login', print)).toBe(0);
    await expect(stat(`${file}.old`)).rejects.toThrow();
  });

  it('that cannot be read as a file is named', async () => {
    await expect(forgetInFile(folder, 'login', print)).rejects.toMatchObject({
      name: 'KNOWN_HOSTS_UNWRITABLE',
      details: { file: folder },
    });
  });

  it('gets a line of its own for a new key, also after one without an end', async () => {
    await writeFile(file, `# no end`);
    await rememberHostKey(file, hostName('Login', 2222), OLD, false);
    await rememberHostKey(file, hostName('hidden', 22), OTHER, true);
    const lines = parseKnownHosts(await readFile(file, 'utf8'), file);
    expect(
      lines.map(({ hosts, line: number }) => [namesHost(hosts, '[login]:2222') || namesHost(hosts, 'hidden'), number]),
    ).toEqual([
      [true, 2],
      [true, 3],
    ]);
  });

  it('is never what lets somebody in or is run, whatever it is called', async () => {
    for (const [name, text] of [
      ['authorized_keys', ''],
      ['config', ''],
      ['.bashrc', 'export PATH=$PATH:~/bin\nalias ll="ls -l"\n'],
      ['keys', `ssh-ed25519 ${OLD.toString('base64')} ada\n`],
      ['keys-with-options', `from="10.0.0.1" ssh-ed25519 ${OLD.toString('base64')} ada\n`],
    ] as const) {
      const other = path.join(folder, name);
      await writeFile(other, text);
      await expect(rememberHostKey(other, hostName('login', 22), OTHER, false)).rejects.toMatchObject({
        name: 'KNOWN_HOSTS_UNWRITABLE',
      });
      expect(await readFile(other, 'utf8')).toBe(text);
    }
    await symlink(path.join(folder, 'authorized_keys'), file);
    await expect(rememberHostKey(file, hostName('login', 22), OTHER, false)).rejects.toMatchObject({
      name: 'KNOWN_HOSTS_UNWRITABLE',
    });
  });

  it('keeps being written to with a damaged line among good ones, and with entries of the first protocol', async () => {
    await writeFile(
      file,
      `# mine\n${line('login', OLD)}${line('other', OLD)}<<<<<<< HEAD\nold 1024 35 ${'1'.repeat(300)}\n`,
    );
    await rememberHostKey(file, hostName('fresh', 22), OTHER, false);
    expect(parseKnownHosts(await readFile(file, 'utf8'), file).map(({ hosts }) => hosts)).toContain('fresh');
  });

  it('gets one line with three words, whatever the host is called, or none', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary' }),
          fc.constantFrom('a b', 'a\nssh-rsa AAAA', '@revoked', '*', 'a,b', '|1|x|y', 'command="x"', '\u202Ea'),
        ),
        fc.boolean(),
        (alias, hash) => {
          const made = knownHostLine(hostName('login', 22, alias), OLD, hash);
          if (made === null) return;
          expect(made.split(/\s/)).toHaveLength(3);
          const [read, ...more] = parseKnownHosts(made, file);
          expect(more).toEqual([]);
          expect(read).toMatchObject({ marker: 'none', key: OLD });
          expect(namesHost(read?.hosts ?? '', alias.toLowerCase())).toBe(true);
        },
      ),
    );
    expect(knownHostLine(hostName('login', 2222), OLD, false)).toBe(
      `[login]:2222 ssh-ed25519 ${OLD.toString('base64')}`,
    );
    expect(knownHostLine(hostName('fe80::1%eth0', 22), OLD, false)).not.toBeNull();
    expect(knownHostLine(hostName('login', 22), Buffer.from('no key'), false)).toBeNull();
  });
});
