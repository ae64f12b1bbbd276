import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, readlink, stat, symlink, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { AppError } from '../../../shared/errors/appError.ts';
import type { RemoteConnection, RemoteFiles } from '../../core/ports.ts';
import { person, testBench } from '../testing/attempts.ts';
import { createUser, describeWithSshd, startSshd, type Sshd } from '../testing/sshd.ts';
import { FILE_SERVERS } from '../testing/waysToFiles.ts';

const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

for (const { name, way, config } of FILE_SERVERS) {
  describeWithSshd(`files of a real OpenSSH server with ${name}`, () => {
    let sshd: Sshd;
    let connection: RemoteConnection;
    let files: RemoteFiles;
    let folder: string;
    let here: string;
    const bench = testBench();

    beforeAll(async () => {
      sshd = await startSshd(config);
    });
    afterAll(async () => {
      await sshd.dispose();
    });
    beforeEach(async () => {
      folder = `${bench.folder}/on the cluster`;
      here = `${bench.folder}/on this computer`;
      await mkdir(folder);
      await mkdir(here);
      connection = await bench.connect(sshd.profile(), person(), { pin: sshd.hostKeyFingerprint });
      ({ files } = connection);
    });

    it('go that way', async () => {
      await files.stat('/');
      expect(connection.fileTransport).toBe(way);
    });

    it('tell a link itself, and what the disk has left', async () => {
      await symlink('nowhere', `${folder}/dangling`);
      expect(await files.lstat(`${folder}/dangling`)).toMatchObject({ kind: 'link' });
      expect(await files.lstat(`${folder}/none`)).toBeNull();
      const space = await files.statvfs(folder);
      expect(space.total).toBeGreaterThan(1024 ** 2);
      expect(space.free).toBeLessThanOrEqual(space.total);
      expect(space.files === null || (space.freeFiles ?? 0) <= space.files).toBe(true);
      await expect(files.statvfs(`${folder}/none`)).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
    });

    it('are listed in pages, up to a limit, and no further when it is given up', async () => {
      await connection.shell.run(`cd '${folder}' && seq 3000 | xargs touch`);
      const pages: number[] = [];
      const names = new Set<string>();
      const all = await files.listPages(folder, {
        pageEntries: 700,
        onProgress: (page) => {
          pages.push(page.length);
          for (const entry of page) names.add(entry.name);
        },
      });
      expect(all).toEqual({ entries: 3000, whole: true });
      expect(names.size).toBe(3000);
      expect(pages.length).toBeGreaterThan(3);
      expect(await files.listPages(folder, { limit: 1000 })).toEqual({ entries: 1000, whole: false });
      expect(await files.listPages(here)).toEqual({ entries: 0, whole: true });
      await expect(files.listPages(`${folder}/none`)).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
    });

    it('grow at their end', async () => {
      await files.append(`${folder}/log`, 'one\n', { mode: 0o600 });
      const large = randomBytes(600_000);
      await files.append(`${folder}/log`, large);
      expect((await readFile(`${folder}/log`)).equals(Buffer.concat([Buffer.from('one\n'), large]))).toBe(true);
      expect((await stat(`${folder}/log`)).mode & 0o777).toBe(0o600);
      await expect(files.append(`${folder}/none/x`, 'x')).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
    });

    it('get other names, in the place of files and links but not of folders', async () => {
      await writeFile(`${folder}/a`, 'a');
      await writeFile(`${folder}/b`, 'b');
      await mkdir(`${folder}/inner`);
      await symlink('inner', `${folder}/link`);
      await files.rename(`${folder}/a`, `${folder}/b`);
      await files.rename(`${folder}/b`, `${folder}/link`);
      expect(await readFile(`${folder}/link`, 'utf8')).toBe('a');
      await expect(files.rename(`${folder}/link`, `${folder}/inner`)).rejects.toMatchObject({
        name: 'REMOTE_FILE_DENIED',
      });
      await files.rename(`${folder}/inner`, `${folder}/-new name\n`);
      expect((await readdir(folder)).toSorted()).toEqual(['-new name\n', 'link']);
      await expect(files.rename(`${folder}/none`, `${folder}/x`)).rejects.toMatchObject({
        name: 'REMOTE_PATH_MISSING',
      });
    });

    it('are removed one by one, and folders only as trees', async () => {
      await writeFile(`${folder}/a`, 'a');
      await symlink('a', `${folder}/link`);
      await files.remove(`${folder}/link`);
      expect(await readdir(folder)).toEqual(['a']);
      await files.remove(`${folder}/a`);
      await files.remove(`${folder}/a`);
      await expect(files.remove(folder)).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
      expect(await readdir(folder)).toEqual([]);
    });

    it('go with their whole tree, but not through links, and never with the home folder', async () => {
      await mkdir(`${folder}/tree/a b/c\nd`, { recursive: true });
      await writeFile(`${here}/kept`, 'kept');
      await symlink(here, `${folder}/tree/link`);
      await connection.shell.run(
        `cd '${folder}/tree/a b' && seq 2000 | xargs touch && touch -- '-rf' "$(printf 'caf\\351')"`,
      );
      const seen: number[] = [];
      const removed = await files.removeTree(`${folder}/tree/`, { onProgress: (count) => seen.push(count) });
      expect(removed.entries).toBe(2006);
      expect(seen.at(-1)).toBe(2006);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
      expect(await readdir(folder)).toEqual([]);
      expect(await readdir(here)).toEqual(['kept']);
      expect(await files.removeTree(`${folder}/tree`)).toEqual({ entries: 0 });
      const user = bench.opened.use(await createUser('/bin/sh', { 'keep/me': 'x' }));
      const theirs = (
        await bench.connect(sshd.profile(undefined, user.name), person(), { pin: sshd.hostKeyFingerprint })
      ).files;
      await symlink('.', `${user.home}/to-home`);
      for (const each of [
        '/',
        '/home',
        user.home,
        '.',
        '..',
        `${user.home}/keep/..`,
        `${user.home}/to-home`,
        `${user.home}/to-home/`,
      ])
        await expect(theirs.removeTree(each), each).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
      // what may not be seen is not said to be gone
      for (const each of [`${folder}/secret`, `${bench.folder}/x`]) {
        await expect(theirs.removeTree(each), each).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
        await expect(theirs.remove(each), each).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
      }
      expect(await readdir(`${user.home}/keep`)).toEqual(['me']);
    });

    it('have further names and links, which never replace anything', async () => {
      await writeFile(`${folder}/data`, 'abc');
      await files.link(`${folder}/data`, `${folder}/same`, 'hard');
      expect((await stat(`${folder}/same`)).ino).toBe((await stat(`${folder}/data`)).ino);
      await files.link('no such "place"', `${folder}/-to`, 'symbolic');
      expect(await readlink(`${folder}/-to`)).toBe('no such "place"');
      await mkdir(`${folder}/inner`);
      for (const kind of ['hard', 'symbolic'] as const)
        for (const taken of ['data', '-to', 'inner'])
          await expect(files.link(`${folder}/same`, `${folder}/${taken}`, kind)).rejects.toMatchObject({
            name: 'REMOTE_FILE_DENIED',
          });
      expect(await readdir(`${folder}/inner`)).toEqual([]);
    });

    it('are copied whole or not at all, with their permissions', async () => {
      const content = randomBytes(3_000_001);
      await writeFile(`${folder}/data`, content);
      await chmod(`${folder}/data`, 0o640);
      await writeFile(`${folder}/copy`, 'before');
      const seen: number[] = [];
      expect(await files.copy(`${folder}/data`, `${folder}/copy`, { onProgress: (bytes) => seen.push(bytes) })).toEqual(
        {
          bytes: content.length,
        },
      );
      expect((await readFile(`${folder}/copy`)).equals(content)).toBe(true);
      expect((await stat(`${folder}/copy`)).mode & 0o777).toBe(0o640);
      await writeFile(`${folder}/empty`, '');
      expect(await files.copy(`${folder}/empty`, `${folder}/empty too`)).toEqual({ bytes: 0 });
      await expect(files.copy(`${folder}/none`, `${folder}/x`)).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
      await expect(files.copy(folder, `${folder}/x`)).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
      await mkdir(`${folder}/inner`);
      await expect(files.copy(`${folder}/data`, `${folder}/inner`)).rejects.toMatchObject({
        name: 'REMOTE_FILE_DENIED',
      });
      expect(await readdir(`${folder}/inner`)).toEqual([]);
    });

    it('are hashed in ranges where they are', async () => {
      const content = randomBytes(300_000);
      await writeFile(`${folder}/data`, content);
      for (const [offset, length] of [
        [0, 300_000],
        [0, 1],
        [1, 100_000],
        [299_999, 10],
        [400_000, 5],
        [7, 0],
      ] as const)
        expect(await files.hashRange(`${folder}/data`, offset, length)).toBe(
          sha256(content.subarray(offset, offset + length)),
        );
      await expect(files.hashRange(`${folder}/none`, 0, 1)).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
      await expect(files.hashRange(folder, 0, 1)).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
    });

    it('give many pieces at once, in the order asked for, and nothing of those that cannot be read', async () => {
      const content = randomBytes(600_000);
      await writeFile(`${folder}/data`, content);
      await writeFile(`${folder}/it’s "-n\nodd`, 'x\n12\n');
      await writeFile(`${folder}/empty`, '');
      await connection.shell.run(`mkfifo '${folder}/pipe'`);
      const piece = (name: string, offset: number, length: number) => ({ path: `${folder}/${name}`, offset, length });
      const pieces = [
        piece('data', 0, 32_768),
        piece('it’s "-n\nodd', 0, 100),
        piece('none', 0, 10),
        piece('data', 32_768, 567_000),
        piece('', 0, 10),
        piece('empty', 0, 10),
        piece('data', 599_990, 100),
        piece('data', 700_000, 100),
        ...(way === 'shell' ? [piece('pipe', 0, 10)] : []),
        ...Array.from({ length: 150 }, (_, index) => piece('data', index * 1000, 20_000)),
      ];
      const expected = pieces.map(({ path, offset, length }) =>
        path.endsWith('/data')
          ? content.subarray(offset, offset + length)
          : path.endsWith('odd')
            ? Buffer.from('x\n12\n')
            : path.endsWith('empty')
              ? Buffer.alloc(0)
              : null,
      );
      const found = await files.readMany(pieces);
      expect(found.map((bytes) => bytes && sha256(Buffer.from(bytes)))).toEqual(
        expected.map((bytes) => bytes && sha256(bytes)),
      );
      expect(await files.readMany([])).toEqual([]);
      await expect(files.readMany([piece('a\0b', 0, 1)])).rejects.toMatchObject({ name: 'FILE_NAME_REFUSED' });
    });

    it('are made of ranges that come in any order, and nothing else of them changes', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.uint8Array({ minLength: 1, maxLength: 700_000, size: 'max' }),
          fc.array(fc.nat(700_000), { maxLength: 4 }),
          fc.boolean(),
          async (content, cuts, backwards) => {
            const name = randomBytes(4).toString('hex');
            await writeFile(`${here}/${name}`, content);
            const ends = [...cuts.filter((cut) => cut < content.length), content.length].toSorted((a, b) => a - b);
            const ranges = ends.map((end, index) => [ends[index - 1] ?? 0, end] as const);
            for (const [from, to] of backwards ? ranges.toReversed() : ranges)
              expect(await files.uploadRange(`${here}/${name}`, `${folder}/${name}`, from, to - from)).toEqual({
                bytes: to - from,
                sha256: sha256(content.subarray(from, to)),
              });
            expect((await readFile(`${folder}/${name}`)).equals(content)).toBe(true);
            await Promise.all(
              ranges.map(async ([from, to]) => {
                const got = await files.downloadRange(`${folder}/${name}`, `${here}/${name}.back`, from, to - from);
                expect(got).toEqual({ bytes: to - from, sha256: sha256(content.subarray(from, to)) });
              }),
            );
            expect((await readFile(`${here}/${name}.back`)).equals(content)).toBe(true);
          },
        ),
        { numRuns: 6 },
      );
    }, 120_000);

    it('of megabytes go both ways, with progress that grows to the whole', async () => {
      const content = randomBytes(9_000_001);
      await writeFile(`${here}/data`, content);
      const seen: number[] = [];
      await files.uploadRange(`${here}/data`, `${folder}/data`, 0, 1e9, { onProgress: (bytes) => seen.push(bytes) });
      expect((await readFile(`${folder}/data`)).equals(content)).toBe(true);
      expect((await stat(`${folder}/data`)).mode & 0o777).toBe(0o600);
      await files.downloadRange(`${folder}/data`, `${here}/back`, 0, 1e9, { onProgress: (bytes) => seen.push(-bytes) });
      expect((await readFile(`${here}/back`)).equals(content)).toBe(true);
      const sent = seen.filter((bytes) => bytes > 0);
      expect(sent).toEqual(sent.toSorted((a, b) => a - b));
      expect([Math.max(...seen), Math.min(...seen)]).toEqual([content.length, -content.length]);
      // past the end there is nothing, and what is there stays
      expect(await files.downloadRange(`${folder}/data`, `${here}/back`, 10_000_000, 5)).toMatchObject({ bytes: 0 });
      expect((await stat(`${here}/back`)).size).toBe(content.length);
      await files.finishPart(`${folder}/data`, `${folder}/final`, content.length, { mode: 0o640, sync: true });
      expect((await stat(`${folder}/final`)).mode & 0o777).toBe(0o640);
      expect(await readdir(folder)).toEqual(['final']);
    });

    it('that are given up in the middle are there up to what was told last, and go on from it', async () => {
      const content = randomBytes(40_000_000);
      await writeFile(`${here}/data`, content);
      for (const [give, from, to] of [
        [
          (options: object) => files.uploadRange(`${here}/data`, `${folder}/part`, 0, content.length, options),
          `${here}/data`,
          `${folder}/part`,
        ],
        [
          (options: object) => files.downloadRange(`${here}/data`, `${folder}/down`, 0, content.length, options),
          `${here}/data`,
          `${folder}/down`,
        ],
      ] as const) {
        const stop = new AbortController();
        let there = 0;
        const given = give({
          signal: stop.signal,
          onProgress: (bytes: number) => {
            there = bytes;
            stop.abort(new AppError('CANCELLED'));
          },
        });
        await expect(given).rejects.toMatchObject({ name: 'CANCELLED' });
        expect(there).toBeGreaterThan(0);
        expect((await readFile(to)).subarray(0, there).equals((await readFile(from)).subarray(0, there))).toBe(true);
      }
      expect(await files.stat(`${folder}/part`)).toMatchObject({ kind: 'file' });
    });

    it('that go wrong say what', async () => {
      await writeFile(`${here}/data`, 'abc');
      await writeFile(`${folder}/data`, 'abcd');
      await expect(files.uploadRange(`${here}/none`, `${folder}/x`, 0, 1)).rejects.toMatchObject({
        name: 'FILE_NOT_FOUND',
      });
      await expect(files.uploadRange(`${here}/data`, `${folder}/none/x`, 0, 1)).rejects.toMatchObject({
        name: 'UPLOAD_FAILED',
      });
      await expect(files.downloadRange(`${folder}/none`, `${here}/x`, 0, 1)).rejects.toMatchObject({
        name: 'REMOTE_PATH_MISSING',
      });
      await expect(files.downloadRange(`${folder}/data`, `${here}/none/x`, 0, 1)).rejects.toMatchObject({
        name: 'DOWNLOAD_FAILED',
      });
      await expect(files.downloadRange(`${folder}/data`, '/dev/full', 0, 4)).rejects.toMatchObject({
        name: 'DOWNLOAD_FAILED',
      });
      await expect(files.finishPart(`${folder}/data`, `${folder}/x`, 3)).rejects.toMatchObject({
        name: 'UPLOAD_FAILED',
      });
      await expect(files.link('a\0b', `${folder}/x`, 'symbolic')).rejects.toMatchObject({ name: 'FILE_NAME_REFUSED' });
    });
  });
}
