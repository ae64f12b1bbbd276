import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { quote } from '../../../shared/lib/quote.ts';
import { quoted } from '../../../shared/messages/message.ts';
import type { RemoteConnection, RemoteFiles } from '../../core/ports.ts';
import { person, testBench } from '../testing/attempts.ts';
import { createUser, describeWithSshd, execute, startSshd, type Sshd } from '../testing/sshd.ts';
import { WAYS_TO_FILES } from '../testing/waysToFiles.ts';

for (const [way, config] of WAYS_TO_FILES) {
  describeWithSshd(`files over ${way === 'sftp' ? 'SFTP' : 'the shell'} of a real OpenSSH server`, () => {
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

    it('go that way', async () => {
      await files.stat('/');
      expect(connection.fileTransport).toBe(way);
    });

    const NASTY = [
      'with space',
      'új ★ 파일',
      'quote\'s "both"',
      '-rf',
      'new\nline',
      'ends in one\n',
      '$(touch hacked)',
      '*',
      'a\\b',
      '~',
      '1 2 3 .',
      'x: No such file or directory',
    ];

    it('keep every name as it is', async () => {
      for (const name of NASTY) await files.write(`${folder}/${name}`, name);
      const listed = (await files.list(folder)).map(({ name }) => name);
      expect(listed.toSorted()).toEqual(NASTY.toSorted());
      for (const name of NASTY)
        expect(Buffer.from(await files.read(`${folder}/${name}`, 0, 100)).toString()).toBe(name);
      await expect(files.stat('a\0b')).rejects.toMatchObject({ name: 'FILE_NAME_REFUSED' });
    });

    it('keep whatever name and content', async () => {
      const nameUnit = fc.oneof(
        fc.constantFrom(...Array.from('\n \t\'"`$*?[]{}()\\-~!;&|<>#%')),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      );
      const names = fc
        .string({ unit: nameUnit, minLength: 1, maxLength: 40 })
        .filter(
          (name) =>
            !/[/\0]/.test(name) &&
            !['.', '..'].includes(name) &&
            Buffer.byteLength(name) < 200 &&
            Buffer.from(name).toString() === name,
        );
      await fc.assert(
        fc.asyncProperty(
          names,
          fc.uint8Array({ maxLength: 3000 }),
          fc.nat(3000),
          fc.nat(3000),
          async (name, content, offset, length) => {
            const inner = `${folder}/${randomBytes(4).toString('hex')}`;
            await files.makeFolder(`${inner}/${name}`);
            await files.write(`${inner}/${name}/${name}`, content);
            expect((await files.list(inner)).map((entry) => [entry.name, entry.kind])).toEqual([[name, 'folder']]);
            expect(await files.stat(`${inner}/${name}/${name}`)).toMatchObject({ kind: 'file', size: content.length });
            expect(await files.resolve(`${inner}/${name}/./${name}`)).toBe(`${inner}/${name}/${name}`);
            expect(await files.read(`${inner}/${name}/${name}`, offset, length)).toEqual(
              content.slice(offset, offset + length),
            );
          },
        ),
        { numRuns: 25 },
      );
    }, 60_000);

    it('show a name that is not UTF-8', async () => {
      await connection.shell.run(`cd ${quote(folder)}; touch "$(printf 'caf\\351')"`);
      expect((await files.list(folder)).map(({ name }) => name)).toEqual(['caf\ufffd']);
    });

    it('tell kind, size, time and permissions, of a link itself in a folder and of its target otherwise', async () => {
      await writeFile(`${folder}/data`, 'abc');
      await chmod(`${folder}/data`, 0o640);
      await utimes(`${folder}/data`, 1_700_000_000, 1_700_000_000);
      await symlink('data', `${folder}/link`);
      await symlink('nowhere', `${folder}/dangling`);
      await execute('mkfifo', [`${folder}/pipe`]);
      const data = { kind: 'file', size: 3, modifiedAt: 1_700_000_000, mode: 0o640 };
      expect(await files.stat(`${folder}/data`)).toEqual(data);
      expect(await files.stat(`${folder}/link`)).toEqual(data);
      expect(await files.stat(`${folder}/dangling`)).toBeNull();
      const kinds = Object.fromEntries((await files.list(folder)).map(({ name, kind }) => [name, kind]));
      expect(kinds).toEqual({ data: 'file', link: 'link', dangling: 'link', pipe: 'other' });
      expect(await files.stat(`${folder}/none`)).toBeNull();
      expect(await files.stat(`${folder}/data/none`)).toBeNull();
    });

    it('are in folders, made with their parents, again and again, but not over a file', async () => {
      await files.makeFolder(`${folder}/a/b c/d`);
      await files.makeFolder(`${folder}/a/b c/d`);
      expect(await files.stat(`${folder}/a/b c/d`)).toMatchObject({ kind: 'folder' });
      expect(await files.list(`${folder}/a/b c/d`)).toEqual([]);
      await files.write(`${folder}/file`, '');
      await expect(files.makeFolder(`${folder}/file/x`)).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
      await expect(files.list(`${folder}/none`)).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
      await expect(files.list(`${folder}/file`)).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
    });

    it('are in folders of the mode that was asked for, their parents too, and those that were there keep theirs', async () => {
      const mode = async (name: string): Promise<string> =>
        ((await stat(`${folder}/${name}`)).mode & 0o7777).toString(8);
      await mkdir(`${folder}/open`);
      await chmod(`${folder}/open`, 0o755);
      await files.makeFolder(`${folder}/open/private/run`, { mode: 0o700 });
      await files.makeFolder(`${folder}/open/private/run`, { mode: 0o750 });
      expect([await mode('open'), await mode('open/private'), await mode('open/private/run')]).toEqual([
        '755',
        '700',
        '700',
      ]);
      await mkdir(`${folder}/handed-down`);
      await chmod(`${folder}/handed-down`, 0o2770);
      await files.makeFolder(`${folder}/handed-down/shared/run`, { mode: 0o750 });
      expect([await mode('handed-down/shared'), await mode('handed-down/shared/run')]).toEqual(['2750', '2750']);
    });

    it('have a path in the home folder, without links, even where nothing is yet', async () => {
      expect(await files.resolve('~')).toBe(os.homedir());
      expect(await files.resolve('~/not/there')).toBe(`${os.homedir()}/not/there`);
      expect(await files.resolve('not/there')).toBe(`${os.homedir()}/not/there`);
      expect(await files.resolve('/')).toBe('/');
      expect(await files.resolve('//none//x/')).toBe('/none/x');
      await symlink(folder, `${folder}/link`);
      expect(await files.resolve(`${folder}/link/x/y`)).toBe(`${folder}/x/y`);
      await files.write(`${folder}/file`, '');
      await symlink('file', `${folder}/other`);
      expect(await files.resolve(`${folder}/link/other`)).toBe(`${folder}/file`);
    });

    it('are listed by the thousand', async () => {
      await connection.shell.run(`cd ${quote(folder)} && seq 5000 | xargs touch`);
      expect(new Set((await files.list(folder)).map(({ name }) => name)).size).toBe(5000);
    });

    it('are read in ranges, to the end and beyond it', async () => {
      const content = randomBytes(9_000_001);
      await writeFile(`${folder}/data`, content);
      expect(Buffer.from(await files.read(`${folder}/data`, 0, 1e8)).equals(content)).toBe(true);
      expect(Buffer.from(await files.read(`${folder}/data`, 5, 8_388_608)).equals(content.subarray(5, 8_388_613))).toBe(
        true,
      );
      expect(Buffer.from(await files.read(`${folder}/data`, 8_999_999, 10))).toEqual(content.subarray(8_999_999));
      expect(await files.read(`${folder}/data`, 9_500_000, 10)).toHaveLength(0);
      expect(await files.read(`${folder}/data`, 0, 0)).toHaveLength(0);
      expect(Buffer.from(await files.read('/proc/self/status', 0, 100)).toString()).toContain('Name:');
      await expect(files.read(`${folder}/none`, 0, 1)).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
      await expect(files.read(folder, 0, 1)).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
      await expect(files.read(folder, 5, 1)).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
    });

    it('are replaced in one step, with their permissions, and leave no rest', async () => {
      await files.write(`${folder}/script`, 'first, and longer', { mode: 0o600 });
      await files.write(`${folder}/script`, new TextEncoder().encode('second'), { mode: 0o755 });
      expect(await files.stat(`${folder}/script`)).toMatchObject({ kind: 'file', size: 6, mode: 0o755 });
      const large = randomBytes(5_000_000);
      await files.write(`${folder}/script`, large);
      expect((await readFile(`${folder}/script`)).equals(large)).toBe(true);
      expect((await files.list(folder)).map(({ name }) => name)).toEqual(['script']);
      await expect(files.write(`${folder}/none/x`, '')).rejects.toMatchObject({ name: 'REMOTE_PATH_MISSING' });
      await files.makeFolder(`${folder}/in the way`);
      await expect(files.write(`${folder}/in the way`, 'x')).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
      expect(await files.list(`${folder}/in the way`)).toEqual([]);
    });

    it('that someone may not touch are refused with the reason', async () => {
      const user = bench.opened.use(await createUser('/bin/sh'));
      const someone = (
        await bench.connect(sshd.profile(undefined, user.name), person(), { pin: sshd.hostKeyFingerprint })
      ).files;
      const denied = { name: 'REMOTE_FILE_DENIED', details: { reason: quoted('Permission denied') } };
      await expect(someone.read('/etc/shadow', 0, 10)).rejects.toMatchObject(denied);
      await expect(someone.write('/etc/slipway', 'x')).rejects.toMatchObject(denied);
      await expect(someone.makeFolder('/etc/slipway')).rejects.toMatchObject({ name: 'REMOTE_FILE_DENIED' });
      await expect(someone.list('/root')).rejects.toMatchObject(denied);
      await expect(someone.stat('/root/x')).rejects.toMatchObject(denied);
    });
  });
}
