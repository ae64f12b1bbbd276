import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programFolder } from './appFolders.ts';
import { givenNativeBinding } from './nativeBinding.ts';

const GIVEN = { SLIPWAY_SQLITE_BINDING: '/tmp/evil.node' };

describe('a native build that the environment names', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-binding-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function withSources(program: string): Promise<string> {
    await mkdir(path.join(program, 'main', 'hosts'), { recursive: true });
    await writeFile(path.join(program, 'main', 'hosts', 'nativeBinding.ts'), '');
    return program;
  }

  it('is taken by a program that runs from its sources', async () => {
    expect(givenNativeBinding(programFolder(), GIVEN)).toBe('/tmp/evil.node');
    expect(givenNativeBinding(await withSources(folder), GIVEN)).toBe('/tmp/evil.node');
    expect(givenNativeBinding(folder, {})).toBeUndefined();
  });

  it('is no concern of an installed one', async () => {
    await mkdir(path.join(folder, 'out', 'main'), { recursive: true });
    expect(givenNativeBinding(folder, GIVEN)).toBeUndefined();
    expect(givenNativeBinding(await withSources(path.join(folder, 'resources', 'app.asar')), GIVEN)).toBeUndefined();
  });
});
