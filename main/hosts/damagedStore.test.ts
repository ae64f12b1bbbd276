import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'slipway damaged-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a host to its end. */
async function run(program: string, ...args: string[]): Promise<Ended> {
  try {
    return {
      code: 0,
      ...(await promisify(execFile)(process.execPath, [path.join(root, program), '--data', folder, ...args], {
        cwd: root,
      })),
    };
  } catch (error) {
    return error as Ended;
  }
}

const CLI = 'main/hosts/cli/main.ts';
const SERVER = 'main/hosts/http/main.ts';

describe('a data folder whose database is damaged', () => {
  it('is told of in each host by a sentence with the exact command, and that command mends it', async () => {
    expect((await run(CLI, 'clusters', 'add', 'cori', '--host', 'cori.example.org', '--user', 'mia')).code).toBe(0);
    const copies = readdirSync(path.join(folder, 'backups'));
    expect(copies).toHaveLength(1);
    const database = path.join(folder, 'slipway.db');
    const damaged = 'this was a database\n'.repeat(1000);
    writeFileSync(database, damaged);

    for (const host of [await run(CLI, 'clusters'), await run(SERVER, '--port', '0')]) {
      expect(host.code).toBe(1);
      expect(host.stderr).toContain(`slipway --data '${folder}' doctor --restore`);
      expect(host.stderr).toContain(`slipway --data '${folder}' doctor --start-fresh`);
      expect(host.stderr).toContain('5013');
      expect(host.stderr).not.toMatch(/^\s+at /m);
    }
    const looked = await run(CLI, 'doctor');
    expect(looked).toMatchObject({ code: 1, stdout: expect.stringMatching(/✕ store .*doctor --restore/) as string });

    const restored = await run(CLI, 'doctor', '--restore');
    expect(restored).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^The copy of .* stands in its place[^]*The damaged file is kept: .*slipway\.db\.damaged-/,
      ) as string,
    });
    const kept = readdirSync(folder).find((name) => name.includes('.damaged-'));
    expect(readFileSync(path.join(folder, kept ?? ''), 'utf8')).toBe(damaged);
    expect((await run(CLI, 'clusters')).stdout).toContain('cori');
    expect(await run(CLI, 'doctor', '--start-fresh')).toMatchObject({
      code: 0,
      stdout: 'The local database is whole: nothing was changed.\n',
    });
  }, 120_000);

  it('goes on with an empty database by the other command', async () => {
    writeFileSync(path.join(folder, 'slipway.db'), 'x'.repeat(5000));
    const told = await run(CLI, 'clusters');
    expect(told.stderr).toContain('There is no copy of it yet');
    expect(await run(CLI, 'doctor', '--restore')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no good copy') as string,
    });
    expect((await run(CLI, 'doctor', '--start-fresh')).stdout).toContain('starts with an empty database');
    expect((await run(CLI, 'clusters')).code).toBe(0);
    expect(existsSync(path.join(folder, 'slipway.db'))).toBe(true);
  }, 120_000);
});
