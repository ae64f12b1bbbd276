import { createHash, randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { mkdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { RemoteConnection, RemoteFiles } from '../../core/ports.ts';
import { person, testBench } from '../testing/attempts.ts';
import { startQuietLine } from '../testing/quietLine.ts';
import { describeWithSshd, execute, profileFor, startSshd, type Sshd } from '../testing/sshd.ts';
import { WAYS_TO_FILES } from '../testing/waysToFiles.ts';

for (const [way, config] of WAYS_TO_FILES) {
  describeWithSshd(`an upload over ${way === 'sftp' ? 'SFTP' : 'the shell'} of a real OpenSSH server`, () => {
    let sshd: Sshd;
    let connection: RemoteConnection;
    let files: RemoteFiles;
    let folder: string;
    const bench = testBench();

    beforeAll(async () => {
      sshd = await startSshd(config);
    });
    afterAll(async () => {
      await sshd.dispose();
    });
    beforeEach(async () => {
      folder = `${bench.folder}/cluster`;
      await mkdir(folder);
      connection = await bench.connect(sshd.profile(), person(), { pin: sshd.hostKeyFingerprint });
      ({ files } = connection);
    });

    async function sample(bytes: number): Promise<{ file: string; sha256: string }> {
      const content = randomBytes(bytes);
      const file = path.join(folder, 'sample input.bin');
      await writeFile(file, content);
      return { file, sha256: createHash('sha256').update(content).digest('hex') };
    }

    async function hashOf(file: string): Promise<string> {
      return createHash('sha256')
        .update(await readFile(file))
        .digest('hex');
    }

    it.each([0, 1, 261_120, 262_144, 10_000_000])(
      'of %d bytes is whole, with progress and permissions',
      async (bytes) => {
        const { file, sha256 } = await sample(bytes);
        const seen: number[] = [];
        const target = `${folder}/-up "load"\n`;
        expect(await files.upload(file, target, { onProgress: (done) => seen.push(done), mode: 0o640 })).toEqual({
          bytes,
          sha256,
        });
        expect(connection.fileTransport).toBe(way);
        expect(await hashOf(target)).toBe(sha256);
        expect((await stat(target)).mode & 0o777).toBe(0o640);
        expect(seen.at(-1)).toBe(bytes);
        expect(seen).toEqual(seen.toSorted((a, b) => a - b));
        expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
      },
    );

    it('goes on where one of the same file stopped', async () => {
      const { file, sha256 } = await sample(5_000_000);
      await execute('cp', [file, `${folder}/target.part`]);
      await truncate(`${folder}/target.part`, 3_333_333);
      const seen: number[] = [];
      await files.upload(file, `${folder}/target`, { onProgress: (done) => seen.push(done) });
      expect(Math.min(...seen)).toBeGreaterThan(3_333_333);
      expect(await hashOf(`${folder}/target`)).toBe(sha256);
    });

    it('sends nothing again that is there already', async () => {
      const { file, sha256 } = await sample(1_000_000);
      await execute('cp', [file, `${folder}/target.part`]);
      const seen: number[] = [];
      await files.upload(file, `${folder}/target`, { onProgress: (done) => seen.push(done) });
      expect(new Set(seen)).toEqual(new Set([1_000_000]));
      expect(await hashOf(`${folder}/target`)).toBe(sha256);
    });

    it('starts anew when the rest on the server is of another file, or longer', async () => {
      const { file, sha256 } = await sample(1_000_000);
      await writeFile(`${folder}/target.part`, randomBytes(500_000));
      await files.upload(file, `${folder}/target`);
      expect(await hashOf(`${folder}/target`)).toBe(sha256);
      await writeFile(`${folder}/target.part`, randomBytes(2_000_000));
      await files.upload(file, `${folder}/target`);
      expect(await hashOf(`${folder}/target`)).toBe(sha256);
    });

    it('that is given up keeps what arrived, and is finished later', async () => {
      const { file, sha256 } = await sample(40_000_000);
      const controller = new AbortController();
      const given = files.upload(file, `${folder}/target`, {
        signal: controller.signal,
        onProgress: () => {
          controller.abort();
        },
      });
      await expect(given).rejects.toMatchObject({ name: 'CANCELLED' });
      expect(await files.stat(`${folder}/target`)).toBeNull();
      expect((await files.upload(file, `${folder}/target`)).sha256).toBe(sha256);
      expect(await hashOf(`${folder}/target`)).toBe(sha256);
    });

    it('ends at once when the connection is cut, and goes on over the next one', async () => {
      const line = bench.opened.use(await startQuietLine(sshd.port));
      const profile = profileFor(line.port, sshd.profile().user, [{ kind: 'key', path: sshd.keyPath }]);
      const first = await bench.connect(profile, person(), { pin: sshd.hostKeyFingerprint });
      const { file, sha256 } = await sample(40_000_000);
      await expect(
        first.files.upload(file, `${folder}/target`, {
          onProgress: () => {
            line.cut();
          },
        }),
      ).rejects.toMatchObject({ name: 'CONNECTION_LOST' });
      expect((await files.upload(file, `${folder}/target`)).sha256).toBe(sha256);
      expect(await hashOf(`${folder}/target`)).toBe(sha256);
    });

    it('that goes wrong says what', async () => {
      const { file } = await sample(10);
      await expect(files.upload(`${file}-not`, `${folder}/x`)).rejects.toMatchObject({ name: 'FILE_NOT_FOUND' });
      await expect(files.upload(folder, `${folder}/x`)).rejects.toMatchObject({ name: 'FILE_UNREADABLE' });
      await expect(files.upload(file, `${folder}/none/x`)).rejects.toMatchObject({ name: 'UPLOAD_FAILED' });
      await expect(files.upload(file, folder)).rejects.toMatchObject({ name: 'UPLOAD_FAILED' });
    });

    it('tells of a full disk, and commands go on', async () => {
      const { file } = await sample(1_000_000);
      await symlink('/dev/full', `${folder}/target.part`);
      await expect(files.upload(file, `${folder}/target`)).rejects.toMatchObject({
        name: 'UPLOAD_FAILED',
        message: expect.stringMatching(way === 'sftp' ? /full disk/ : /No space left on device/) as string,
      });
      expect((await connection.shell.run('echo in')).stdout).toBe('in\n');
    });
  });
}
