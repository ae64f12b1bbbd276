import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSshConfigReader } from './reader.ts';

const SSH = '/usr/bin/ssh';
const execute = promisify(execFile);

/**
 * `ssh -G` prints a ProxyCommand as it stands, so ssh is let start it: the program that it starts for the jump is one of ours, which asks
 * `ssh -G` what the words that it was given mean.
 */
describe.skipIf(!existsSync(SSH))(`jump hosts with tokens, as ${SSH} starts them`, () => {
  let folder: string;
  let jumpProgram: string;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-jumps-'));
    await mkdir(path.join(folder, '.ssh'));
    jumpProgram = path.join(folder, 'ssh');
    await writeFile(jumpProgram, `#!/bin/sh\n${SSH} -G -F /dev/null "$@" >'${folder}/asked'\n`);
    await chmod(jumpProgram, 0o755);
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  /** `user@host:port` of the jump that ssh would make, or null where it ends without one. */
  async function jumpOfSsh(config: string): Promise<string | null> {
    await rm(path.join(folder, 'asked'), { force: true });
    // ssh ends with an error in any case: nothing answers behind the jump. For ProxyJump it starts itself by its own name
    await execute('bash', ['-c', `exec -a '${jumpProgram}' ${SSH} -F "$0" hpc true`, config], {
      timeout: 20_000,
    }).catch(() => undefined);
    const asked = await readFile(path.join(folder, 'asked'), 'utf8').catch(() => null);
    if (asked === null) return null;
    const value = (keyword: string): string => new RegExp(`^${keyword} (.*)$`, 'm').exec(asked)?.[1] ?? '';
    return `${value('user')}@${value('hostname')}:${value('port')}`;
  }

  async function jumpOfOurs(): Promise<string | null> {
    const { settings } = await createSshConfigReader({
      home: folder,
      systemFile: null,
      userName: 'nobody',
      environment: {},
    }).resolve('hpc');
    expect(settings.jump.length).toBeLessThan(2);
    return settings.jump.map(({ user, host, port }) => `${user}@${host}:${String(port)}`)[0] ?? null;
  }

  const token = fc.constantFrom('%r', '%n', '%h', '%p', '%%', '%k', '%d', '%u', '%q', '%');
  const word = fc
    .array(fc.oneof(fc.constantFrom('gate', 'x', '-1', '.example', '0'), token), { minLength: 1, maxLength: 2 })
    .map((parts) => `g${parts.join('')}`);
  const user = fc.oneof(fc.constantFrom('me', '%r', '%r-x'), word);
  const jump = fc.record({
    entry: fc.constantFrom('', 'HostName real.example\n', 'HostKeyAlias key.example\n'),
    line: fc.oneof(
      fc
        .tuple(user, word, fc.constantFrom('', ':2201'))
        .map(([name, host, port]) => `ProxyJump ${name}@${host}${port}`),
      fc
        .tuple(
          user,
          word,
          fc.constantFrom('', '-p 2201 ', '-p %p ', '-q '),
          fc.constantFrom('%h:%p', '[%h]:%p'),
          fc.constantFrom('', ' 2>/dev/null'),
        )
        .map(([name, host, flags, target, end]) => `ProxyCommand SSH ${flags}-W ${target} ${name}@${host}${end}`),
      fc.tuple(user, word).map(([name, host]) => `ProxyCommand SSH -l ${name} ${host} -W %h:%p`),
    ),
  });

  it.each(['ProxyCommand SSH -W %h:%p %r@gate-%n', 'ProxyJump %r@gate-%n'])(
    'goes as the cluster’s user over %s',
    async (line) => {
      const config = path.join(folder, '.ssh', 'config');
      await writeFile(config, `Host hpc\nUser alice\nPort 2200\n${line.replace('SSH', jumpProgram)}\n`);
      expect([await jumpOfOurs(), await jumpOfSsh(config)]).toEqual(['alice@gate-hpc:22', 'alice@gate-hpc:22']);
    },
  );

  it('agrees on any place of any token, or leaves the line to the person', { timeout: 300_000 }, async () => {
    const config = path.join(folder, '.ssh', 'config');
    await fc.assert(
      fc.asyncProperty(jump, async ({ entry, line }) => {
        await writeFile(config, `Host hpc\nUser alice\nPort 2200\n${entry}${line.replace('SSH', jumpProgram)}\n`);
        const ours = await jumpOfOurs();
        const theirs = await jumpOfSsh(config);
        // a name with a % of its own reaches no server, and is not guessed at
        if (theirs?.includes('%') === true) expect(ours).toBeNull();
        else expect(ours).toBe(theirs);
      }),
      { numRuns: 60 },
    );
  });
});
