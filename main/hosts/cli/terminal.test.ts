import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStore } from '../../store/index.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-terminal-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the command line as a program of its own. */
function slipway(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [path.join(import.meta.dirname, 'main.ts'), '--data', folder, ...args],
      (_, stdout, stderr) => resolve({ stdout, stderr }),
    );
  });
}

const HOSTILE = 'evil\u001B]0;owned\u0007\u001B[2J\u202Egnp.exe\u2028';
const COMMANDS = /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u2028\u2029\u202A-\u202E\u2066-\u2069]/;

function keepHostileCluster(): void {
  const store = openStore({ file: path.join(folder, 'slipway.db') });
  const profile = {
    id: 'evil',
    name: HOSTILE,
    kind: 'ssh',
    host: 'localhost',
    port: 22,
    user: HOSTILE.slice(0, 60),
    auth: [{ kind: 'password' }],
  };
  store.documents.set('clusters', 'evil', profile);
  void store.dispose();
}

it('prints a name that a cluster was given long ago without what a terminal obeys', async () => {
  keepHostileCluster();
  const { stdout } = await slipway('clusters', 'list');
  expect(stdout).toContain('evil\uFFFD]0;owned');
  expect(stdout).not.toMatch(COMMANDS);
});

it('says the same to programs: the JSON holds the name as it is', async () => {
  keepHostileCluster();
  const { stdout } = await slipway('clusters', 'list', '--json');
  expect(stdout).not.toMatch(COMMANDS);
  expect(
    (JSON.parse(stdout) as { profile: { id: string; name: string } }[]).find(({ profile }) => profile.id === 'evil')
      ?.profile.name,
  ).toBe(HOSTILE);
});

it('does not obey what stands in an error, an argument or a file either', async () => {
  const bad = path.join(folder, 'bad.yaml');
  await writeFile(bad, `template: { "\\e[2J\\u202E": 1 }\nx: "\\e]0;owned\\a"\n`);
  for (const args of [
    ['call', `no.${HOSTILE}`, '{}'],
    ['status', HOSTILE],
    [`--${HOSTILE}`],
    ['clusters', 'test', HOSTILE],
    ['templates', 'validate', bad],
  ]) {
    const { stdout, stderr } = await slipway(...args);
    expect(stdout + stderr).not.toMatch(COMMANDS);
    expect((stdout + stderr).trim()).not.toBe('');
  }
}, 120_000);
