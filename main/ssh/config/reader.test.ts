import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Message } from '../../../shared/messages/message.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { createSshConfigReader } from './reader.ts';

describe('the person’s SSH configuration', () => {
  let home: string;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'slipway-sshhome-'));
    await mkdir(path.join(home, '.ssh'));
  });
  afterEach(async () => {
    await rm(home, { recursive: true, force: true });
  });

  const put = async (file: string, content: string): Promise<string> => {
    const full = path.join(home, '.ssh', file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, content);
    return full;
  };
  const reader = (
    environment: Record<string, string> = {},
    systemFile: string | null = null,
  ): ReturnType<typeof createSshConfigReader> =>
    createSshConfigReader({ home, systemFile, userName: 'me', environment });
  const inHome = (name: string): string => path.join(home, '.ssh', name);
  const reasons = (notes: readonly { line: number; reason: Message }[]): string[] =>
    notes.map(({ line, reason }) => `${String(line)}: ${inWords(reason)}`);

  describe('as a list', () => {
    it('is empty where there is no file', async () => {
      expect(await reader().read()).toEqual({ files: [], hosts: [], notes: [] });
    });

    it('has the hosts that are named without a wildcard, as ssh would connect to them, with the place of each', async () => {
      const main = await put(
        'config',
        'Include conf.d/*\nHost hpc hpc2 *.example !no\n  User alice\n  ProxyJump gate\nHost *\n  Port 2222\n',
      );
      const more = await put('conf.d/10-gate.conf', 'Host gate\n  HostName gate.example\n  User door\n');
      const { files, hosts } = await reader().read();
      expect(files).toEqual([main, more]);
      expect(hosts).toEqual([
        { alias: 'hpc', host: 'hpc', port: 2222, user: 'alice', jump: ['door@gate.example:2222'], file: main, line: 2 },
        {
          alias: 'hpc2',
          host: 'hpc2',
          port: 2222,
          user: 'alice',
          jump: ['door@gate.example:2222'],
          file: main,
          line: 2,
        },
        { alias: 'gate', host: 'gate.example', port: 2222, user: 'door', jump: [], file: more, line: 1 },
      ]);
    });

    it('says of each line that is not taken over where it is and why, and is calm about the rest', async () => {
      await put(
        'config',
        [
          'Host a',
          ' Compression yes',
          ' ForwardAgent yes',
          ' ProxyCommand corkscrew proxy 80 %h %p',
          ' Ciphers aes128-cbc',
          ' Frobnicate on',
          ' Port many',
          'Match exec "true"',
          ' User x',
          'Match host "a',
        ].join('\n'),
      );
      const { notes } = await reader().read();
      expect(notes.map(({ line, text }) => [line, text])).toEqual([
        [5, 'Ciphers aes128-cbc'],
        [6, 'Frobnicate on'],
        [7, 'Port many'],
        [8, 'Match exec "true"'],
        [10, 'Match host "a'],
        [4, 'ProxyCommand corkscrew proxy 80 %h %p'],
      ]);
      expect(notes.every(({ reason }) => inWords(reason).length > 10)).toBe(true);
    });

    it('does not report what IgnoreUnknown names, nor what the system sets for everybody', async () => {
      const system = await put('system', 'Host *\n GSSAPIAuthentication yes\n SendEnv LANG\n HashKnownHosts yes\n');
      await put('config', 'IgnoreUnknown Use*,Frob*\nHost a\n UseKeychain yes\n Frobnicate on\n');
      expect((await reader({}, system).read()).notes).toEqual([]);
      const { settings, notes } = await reader({}, system).resolve('a');
      expect(settings.hostKeys.hash).toBe(true);
      expect(notes).toEqual([]);
    });
  });

  describe('for one name', () => {
    it('never runs Match exec, whatever stands around it', async () => {
      const made = path.join(home, 'made');
      await put(
        'config',
        `Match exec "touch ${made}"\n User wrong\nMatch !exec "touch ${made}"\n Port 1\nMatch host a exec "touch ${made}"\n User wrong\nHost a\n ProxyCommand touch ${made}\n LocalCommand touch ${made}\n KnownHostsCommand touch ${made}\n`,
      );
      const { settings, notes } = await reader().resolve('a');
      await reader().read();
      expect(existsSync(made)).toBe(false);
      expect(settings).toMatchObject({ user: 'me', port: 22 });
      expect(notes.map(({ line }) => line).sort((a, b) => a - b)).toEqual([1, 3, 5, 8, 9, 10]);
    });

    it('goes over all hops, each with the user, port and keys of its own entry', async () => {
      for (const key of ['gate_key', 'inner_key', 'hpc_key']) await put(key, '');
      await put(
        'config',
        `Host hpc
  HostName hpc.internal
  User alice
  IdentityFile ~/.ssh/hpc_key
  ProxyJump bob@inner:2200
Host inner
  HostName 10.0.0.5
  IdentityFile ~/.ssh/inner_key
  User notbob
  Port 99
  ProxyJump ssh://[2001:db8::1]:2022,gate
Host gate
  HostName gate.example
  User door
  IdentityFile ~/.ssh/gate_key
  IdentityAgent none
  ProxyJump never-looked-at
`,
      );
      const { settings, notes } = await reader().resolve('hpc');
      expect(notes).toEqual([]);
      expect(settings).toMatchObject({ host: 'hpc.internal', user: 'alice', port: 22 });
      expect(settings.jump.map(({ user, host, port }) => `${user} ${host} ${String(port)}`)).toEqual([
        'me 2001:db8::1 2022',
        'door gate.example 22',
        'bob 10.0.0.5 2200',
      ]);
      const keysOf = (index: number): unknown =>
        settings.jump[index]?.auth?.filter(({ kind }) => kind === 'key' || kind === 'agent');
      expect(keysOf(1)).toEqual([{ kind: 'key', path: inHome('gate_key'), certificate: null }]);
      expect(keysOf(2)).toEqual([
        { kind: 'agent', socket: null, only: [] },
        { kind: 'key', path: inHome('inner_key'), certificate: null },
      ]);
    });

    it('lets a hop log in as the cluster does when its entry says nothing else', async () => {
      await put('config', 'Host hpc\n ProxyJump gate\n');
      expect((await reader().resolve('hpc')).settings.jump).toEqual([
        { host: 'gate', port: 22, user: 'me', auth: null },
      ]);
    });

    it('takes a jump host that goes over itself for what it is', async () => {
      await put('config', 'Host *\n ProxyJump gate\n');
      const { settings, notes } = await reader().resolve('hpc');
      expect(settings.jump.map(({ host }) => host)).toEqual(['gate']);
      expect(reasons(notes)).toEqual(['2: The jump hosts go in a circle: gate is reached over itself.']);
    });

    it.each([
      ['ssh -W %h:%p gate', ['me@gate:22']],
      ['ssh -q -W [%h]:%p -l door -p 2222 gate', ['door@gate:2222']],
      ['/usr/bin/ssh door@gate nc -w 120 %h %p', ['door@gate:22']],
      [String.raw`C:\\Windows\\System32\\OpenSSH\\ssh.exe -J first gate -W %h:%p`, ['me@first:22', 'me@gate:22']],
      ['ssh -W %h:%p %r@gate', ['alice@gate:22']],
      ['ssh gate-%n -l %r -p %p -W %h:%p', ['alice@gate-hpc:2200']],
      ['ssh -J %r@first -W %h:%p gate', ['alice@first:22', 'me@gate:22']],
      ['ssh -q -W %h:%p gate 2> /dev/null', ['me@gate:22']],
      ['ssh -W %h:%p -l one -l two gate', ['one@gate:22']],
      ['none', []],
    ])('understands the ProxyCommand %s', async (command, jump) => {
      await put('config', `Host hpc\n User alice\n Port 2200\n ProxyCommand ${command}\n`);
      const { settings, notes } = await reader().resolve('hpc');
      expect(settings.jump.map(({ user, host, port }) => `${user}@${host}:${String(port)}`)).toEqual(jump);
      expect(notes).toEqual([]);
    });

    it.each([
      'nc -X 5 -x proxy:1080 %h %p',
      'ssh -i other gate -W %h:%p',
      'ssh gate',
      'ssh gate -W %h:%p; touch x',
      'ssh -W other:22 gate',
      'cloudflared access ssh --hostname %h',
      'ssh -W %h:%p $USER@gate',
      'ssh -W %h:%p gate;true',
      'ssh -W %h:%p %d@gate',
      'ssh -W %h:%p %%r@gate',
      'ssh -W %h:22 gate',
      'ssh -W %h:%p `hostname`',
      'ssh -W %h:%p %u@gate',
    ])('does not take over the ProxyCommand %s, and says so', async (command) => {
      await put('config', `Host hpc\n Port 2200\n ProxyCommand ${command}\n`);
      const { settings, notes } = await reader().resolve('hpc');
      expect(settings.jump).toEqual([]);
      expect(reasons(notes)).toEqual([expect.stringContaining('3: Slipway runs no program')]);
    });

    it('replaces the tokens of ProxyJump, and leaves a hop with one that ssh does not know there to the person', async () => {
      await put(
        'config',
        'Host hpc\n User alice\n Port 2200\n ProxyJump %r@gate-%n:2201\nHost odd\n ProxyJump %d@gate\n',
      );
      const { settings } = await reader().resolve('hpc');
      expect(settings.jump.map(({ user, host, port }) => `${user}@${host}:${String(port)}`)).toEqual([
        'alice@gate-hpc:2201',
      ]);
      const odd = await reader().resolve('odd');
      expect(odd.settings.jump).toEqual([]);
      expect(reasons(odd.notes)).toEqual([expect.stringContaining('6: What stands behind %')]);
    });

    it('tries the default keys that are there after the agent, and asks last', async () => {
      await put('id_rsa', '');
      await put('id_ed25519', '');
      expect((await reader().resolve('anything')).settings.auth).toEqual([
        { kind: 'agent', socket: null, only: [] },
        { kind: 'key', path: inHome('id_ed25519'), certificate: null },
        { kind: 'key', path: inHome('id_rsa'), certificate: null },
        { kind: 'keyboard-interactive' },
        { kind: 'password' },
      ]);
    });

    it('asks the agent for the named keys only where IdentitiesOnly says so; a public half is enough for that', async () => {
      await put('one', '');
      await put('two.pub', 'ssh-ed25519 AAAA');
      await put(
        'config',
        'IdentitiesOnly yes\nIdentityFile ~/.ssh/%r-%h\nIdentityFile ~/.ssh/one\nIdentityFile ~/.ssh/two.pub\nIdentityFile ~/.ssh/gone\nIdentityAgent $MY_AGENT\nPreferredAuthentications publickey\n',
      );
      const { settings, notes } = await reader({ MY_AGENT: '/run/mine' }).resolve('a');
      expect(settings.auth).toEqual([
        { kind: 'agent', socket: '/run/mine', only: [inHome('one'), inHome('two.pub')] },
        { kind: 'key', path: inHome('one'), certificate: null },
      ]);
      expect(notes).toHaveLength(2);
      expect((await reader().resolve('a')).notes.map(({ line }) => line)).toContain(6);
    });

    it('finds the agent’s pipe of Windows as it is written in manuals', async () => {
      await put('config', String.raw`IdentityAgent \\.\pipe\openssh-ssh-agent`);
      expect((await reader().resolve('a')).settings.auth[0]).toEqual({
        kind: 'agent',
        socket: String.raw`\\.\pipe\openssh-ssh-agent`,
        only: [],
      });
    });

    it('asks no agent that would have to hold only keys which are not there', async () => {
      await put('config', 'IdentitiesOnly yes\n');
      expect((await reader().resolve('a')).settings.auth.map(({ kind }) => kind)).toEqual([
        'keyboard-interactive',
        'password',
      ]);
    });

    it('keeps the order and the switches of the ways to log in', async () => {
      await put(
        'config',
        'PreferredAuthentications gssapi-with-mic,password,keyboard-interactive,publickey\nChallengeResponseAuthentication no\nIdentityAgent none\n',
      );
      expect((await reader().resolve('a')).settings.auth.map(({ kind }) => kind)).toEqual(['password']);
    });

    it('gives each key the certificate that is about it', async () => {
      const keygen = (...args: string[]): void =>
        void execFileSync('ssh-keygen', ['-q', '-N', '', ...args], { cwd: inHome('.') });
      keygen('-t', 'ed25519', '-f', 'ca');
      keygen('-t', 'ed25519', '-f', 'ed');
      keygen('-t', 'rsa', '-b', '2048', '-f', 'rsa');
      for (const key of ['ed', 'rsa']) {
        execFileSync('ssh-keygen', ['-q', '-s', 'ca', '-I', 'me', '-n', 'me', `${key}.pub`], { cwd: inHome('.') });
        execFileSync('mv', [`${key}-cert.pub`, `${key}.crt`], { cwd: inHome('.') });
      }
      await put(
        'config',
        'IdentityAgent none\nPreferredAuthentications publickey\nIdentityFile ~/.ssh/ed\nIdentityFile ~/.ssh/rsa\nCertificateFile ~/.ssh/rsa.crt\nCertificateFile ~/.ssh/ed.crt\nCertificateFile ~/.ssh/none-such\n',
      );
      const { settings, notes } = await reader().resolve('a');
      expect(settings.auth).toEqual([
        { kind: 'key', path: inHome('ed'), certificate: inHome('ed.crt') },
        { kind: 'key', path: inHome('rsa'), certificate: inHome('rsa.crt') },
      ]);
      expect(reasons(notes)).toEqual([expect.stringContaining('7: There is no certificate')]);
    });

    it('finds the host keys where ssh keeps them', async () => {
      await put(
        'config',
        'UserKnownHostsFile ~/.ssh/kh_%k "/opt/our hosts"\nHostKeyAlias TheCluster\nHashKnownHosts yes\n',
      );
      expect((await reader().resolve('a')).settings.hostKeys).toEqual({
        files: [inHome('kh_TheCluster'), '/opt/our hosts'],
        hash: true,
        alias: 'thecluster',
      });
    });

    it('keeps host keys also for who has thrown them away', async () => {
      await put('config', 'StrictHostKeyChecking no\nUserKnownHostsFile /dev/null\n');
      const { settings, notes } = await reader().resolve('a');
      expect(settings.hostKeys).toEqual({ files: null, hash: false, alias: null });
      expect(notes.map(({ line }) => line)).toEqual([1, 2]);
    });

    it('takes user@host and ssh:// as ssh does', async () => {
      await put('config', 'Host hpc\n HostName hpc.example\n User alice\n Port 23\n');
      expect((await reader().resolve('bob@hpc')).settings).toMatchObject({
        host: 'hpc.example',
        user: 'bob',
        port: 23,
      });
      expect((await reader().resolve('ssh://bob@hpc:24')).settings).toMatchObject({
        host: 'hpc.example',
        user: 'bob',
        port: 24,
      });
    });

    it('ends with a note where files include each other', async () => {
      await put('config', 'Include other\nInclude other other\n');
      await put('other', 'Include config\nUser fromOther\n');
      const { settings, notes } = await reader().resolve('a');
      expect(settings.user).toBe('fromOther');
      expect(notes[0]?.reason.id).toBe('sshConfig.includeCircle');
      expect((await reader().read()).files).toHaveLength(2);
    });

    it('ends where files include each other many times over without a circle', async () => {
      for (let level = 0; level < 14; level += 1)
        await put(`level${String(level)}`, `${`Include level${String(level + 1)}\n`.repeat(40)}Port 22\n`);
      await put('config', 'Include level0\n');
      const { notes } = await reader().resolve('a');
      expect(notes.some(({ reason }) => reason.id === 'sshConfig.tooManyIncludes')).toBe(true);
    });
  });

  describe('where it cannot be read', () => {
    const failure = { name: 'SSH_CONFIG_UNREADABLE' };

    it('says so of a file that is not text, too large, or a folder', async () => {
      await put('config', 'Host a\0b\n');
      await expect(reader().read()).rejects.toMatchObject(failure);
      await put('config', '');
      await truncate(inHome('config'), 64 * 1024 ** 2);
      await expect(reader().resolve('a')).rejects.toMatchObject({
        ...failure,
        message: expect.stringContaining('too large') as string,
      });
      await rm(inHome('config'));
      await mkdir(inHome('config'));
      await expect(reader().read()).rejects.toMatchObject(failure);
    });

    it('does not wait at a pipe', async () => {
      execFileSync('mkfifo', [inHome('config')]);
      await expect(reader().read()).rejects.toMatchObject(failure);
    });

    it('passes over a line without an end', async () => {
      await put('config', `User me2\nHostName ${'x'.repeat(100_000)}\nPort 24\n`);
      const { settings, notes } = await reader().resolve('a');
      expect(settings).toMatchObject({ host: 'a', user: 'me2', port: 24 });
      expect(notes.map(({ line }) => line)).toEqual([2]);
    });
  });

  it('survives any text, for any name', async () => {
    const words = fc.constantFrom(
      'Host',
      'Match',
      'Include',
      'ProxyJump',
      'ProxyCommand',
      'IdentityFile',
      'HostName',
      'UserKnownHostsFile',
      'exec',
      'final',
      'all',
      '*',
      '!',
      '%h',
      '%',
      '${',
      '~',
      '"',
      "'",
      '\\',
      '#',
      '=',
      ',',
      '@',
      '[',
      ']',
      ':',
      '\n',
      '\n',
      ' ',
      ' ',
      'a',
      '\t',
      '\u{1F600}',
      '../*',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.array(words, { maxLength: 60 }).map((parts) => parts.join('')),
          fc.string({ unit: 'binary', maxLength: 200 }).map((text) => text.replaceAll('\0', '')),
        ),
        fc.string({ minLength: 1, maxLength: 20 }),
        async (content, alias) => {
          await put('config', content);
          const { hosts } = await reader().read();
          const { settings } = await reader().resolve(alias);
          expect(settings.auth.length).toBeGreaterThan(0);
          expect(settings.jump.length).toBeLessThanOrEqual(8);
          expect(hosts.every(({ port }) => port >= 1 && port <= 65_535)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
