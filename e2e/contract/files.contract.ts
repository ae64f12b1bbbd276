import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { onEveryCluster } from './clusterUnderTest.ts';

onEveryCluster('files', (cluster) => {
  it('can be made, looked at, moved, linked, copied, sent, fetched and removed', async () => {
    const { files } = cluster();
    const folder = `${cluster().runFolder()} files`;
    const here = await mkdtemp(path.join(tmpdir(), 'slipway-contract-files-'));
    try {
      const content = randomBytes(2_500_000);
      const sha256 = createHash('sha256').update(content).digest('hex');
      await writeFile(`${here}/data`, content);
      await files.makeFolder(`${folder}/inner`, { mode: 0o700 });
      expect((await files.statvfs(folder)).free).toBeGreaterThan(0);

      const half = 1_234_567;
      await files.uploadRange(`${here}/data`, `${folder}/data.part`, half, content.length);
      await files.uploadRange(`${here}/data`, `${folder}/data.part`, 0, half);
      expect(await files.hashRange(`${folder}/data.part`, 0, content.length)).toBe(sha256);
      await files.finishPart(`${folder}/data.part`, `${folder}/data`, content.length, { mode: 0o640, sync: true });
      expect(await files.stat(`${folder}/data`)).toMatchObject({ kind: 'file', size: content.length, mode: 0o640 });

      expect(await files.copy(`${folder}/data`, `${folder}/copy`)).toEqual({ bytes: content.length });
      expect(await files.downloadRange(`${folder}/copy`, `${here}/back`, 0, 1e9)).toEqual({
        bytes: content.length,
        sha256,
      });
      expect((await readFile(`${here}/back`)).equals(content)).toBe(true);

      await files.write(`${folder}/log`, 'one\n');
      await files.append(`${folder}/log`, 'two\n');
      await files.rename(`${folder}/log`, `${folder}/copy`);
      expect(Buffer.from(await files.read(`${folder}/copy`, 4, 10)).toString()).toBe('two\n');
      await files.link('copy', `${folder}/symbolic`, 'symbolic');
      await files.link(`${folder}/copy`, `${folder}/hard`, 'hard');
      expect((await files.lstat(`${folder}/symbolic`))?.kind).toBe('link');
      expect((await files.stat(`${folder}/symbolic`))?.size).toBe(8);
      const names: string[] = [];
      const listed = await files.listPages(folder, {
        pageEntries: 2,
        onProgress: (page) => names.push(...page.map(({ name }) => name)),
      });
      expect(listed).toEqual({ entries: 5, whole: true });
      expect(names.toSorted()).toEqual(['copy', 'data', 'hard', 'inner', 'symbolic']);

      await files.remove(`${folder}/symbolic`);
      expect(await files.removeTree(folder)).toEqual({ entries: 5 });
      expect(await files.stat(folder)).toBeNull();
    } finally {
      await rm(here, { recursive: true, force: true });
    }
  });
});
