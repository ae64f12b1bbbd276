import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { slowOver, type Around } from '../../../shared/lib/testing/hostileText.ts';
import { ConfigFiles } from '../config/files.ts';
import { jumpsOfCommand, parseDestination, parseJumps } from '../config/jumps.ts';
import { parseLines, splitArguments } from '../config/lines.ts';
import { complaint, parseList, parseStat, saysMissing } from './fileScripts.ts';
import { forgetInFile, withoutHostKey } from '../hostkeys/forgetHostKey.ts';
import { hostName, namesHost, parseKnownHosts, readKnownHosts, rememberHostKey } from '../hostkeys/knownHosts.ts';
import { PrivateKeyFile } from '../keys/privateKey.ts';
import { parsePublicLine } from '../keys/publicKey.ts';
import { isPuttyKey3, parsePuttyKey3 } from '../keys/puttyKey.ts';

const PUTTY = 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n';

/** What reads a person's own files, and what the shell of a server says of files. */
const READERS: Readonly<Record<string, readonly [read: (text: string) => unknown, ...around: readonly Around[]]>> = {
  parseKnownHosts: [(text) => parseKnownHosts(text, 'known_hosts'), ['h ssh-rsa ', '']],
  namesHost: [(text) => namesHost(text, 'a'.repeat(60)), ['|1|', '']],
  withoutHostKey: [(text) => withoutHostKey(text, 'a', 'SHA256:x'), ['h ssh-rsa ', '']],
  parsePublicLine: [parsePublicLine, ['ssh-rsa ', '']],
  isPuttyKey3: [isPuttyKey3],
  parsePuttyKey3: [parsePuttyKey3, [PUTTY, ''], [`${PUTTY}Comment: `, '\nPublic-Lines: 1\n']],
  parseLines: [(text) => parseLines('config', text), ['Host ', '']],
  splitArguments: [splitArguments, ['"', '']],
  parseDestination: [parseDestination, ['ssh://', ''], ['a@', '']],
  parseJumps: [parseJumps],
  jumpsOfCommand: [(text) => jumpsOfCommand(text, { h: 'a', p: '22' }), ['ssh -W ', '']],
  parseStat: [parseStat],
  parseList: [parseList],
  complaint: [complaint, ['sh: ', '']],
  saysMissing: [saysMissing],
};

describe('a file of the person or an answer about files', () => {
  it.each(Object.entries(READERS))(
    'is read by %s in a time that grows with its length only',
    (_, [read, ...around]) => {
      expect(slowOver(read, around)).toEqual([]);
    },
    120_000,
  );
});

describe.skipIf(process.platform === 'win32')('what is named as a file and has no end', () => {
  let folder: string;
  const at = (name: string): string => path.join(folder, name);
  const endless = (): string[] => ['/dev/zero', at('pipe'), at('huge'), folder];
  const ask = async (): Promise<string> => Promise.reject(new Error('nobody is asked'));

  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'slipway-own-'));
    execFileSync('mkfifo', [at('pipe')]);
    writeFileSync(at('huge'), 'h ssh-rsa AAAA\n');
    truncateSync(at('huge'), 1024 ** 3);
  });

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is no private key', async () => {
    for (const file of endless())
      await expect(PrivateKeyFile.open(file, ask), file).rejects.toMatchObject({ name: 'KEY_UNREADABLE' });
  });

  it('is no configuration, nor may it be included', async () => {
    const files = new ConfigFiles();
    for (const file of endless())
      await expect(files.load(file), file).rejects.toMatchObject({ name: 'SSH_CONFIG_UNREADABLE' });
  });

  it('holds no host keys and is given none; what comes before it still counts', async () => {
    writeFileSync(at('known_hosts'), 'h ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA\n');
    expect(await readKnownHosts([at('known_hosts'), ...endless()])).toHaveLength(1);
    for (const file of endless()) {
      await expect(rememberHostKey(file, hostName('h', 22), Buffer.from('key'), false), file).rejects.toThrow();
      await expect(forgetInFile(file, 'h', 'SHA256:x'), file).rejects.toMatchObject({ name: 'KNOWN_HOSTS_UNWRITABLE' });
    }
  });
});
