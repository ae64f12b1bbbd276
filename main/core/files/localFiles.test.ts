import { forPrograms } from '../../../shared/messages/forPrograms.ts';
import { execFileSync } from 'node:child_process';
import { mkdtemp, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { DraftFile } from '../../../shared/domain/job/draft.ts';
import type { FileHandleId } from '../../../shared/domain/ids.ts';
import type { Template } from '../../../shared/domain/template/schema.ts';
import { openStore } from '../../store/index.ts';
import type { Store } from '../ports.ts';
import { parseTemplate } from '../templates/format/parseTemplate.ts';
import { createConfigChecker } from './configChecker.ts';
import { samplePaths } from '../templates/library/samples.ts';
import { createLocalFiles } from './localFiles.ts';
import { fileHandlers } from './handlers.ts';
import type { LocalFiles } from '../services.ts';

let folder: string;
let store: Store;
let localFiles: LocalFiles;
const configs = createConfigChecker();
let serial = 0;

const { template } = parseTemplate(
  `template: {id: t}
files:
  input_schema:
    required: [{name: script, pattern: "*.py", type: code, max_size: 1KB}]
    optional: [{name: data, pattern: "*.csv"}]
  config_schema: {required: [{name: config, pattern: "*.yaml", schema: {type: object, properties: {batch_size: {type: integer}}}}]}
script: {main_exec: x}`,
  't.yaml',
) as { template: Template };

const write = async (name: string, content: string | Uint8Array): Promise<string> => {
  const full = path.join(folder, name);
  await writeFile(full, content);
  return full;
};
const draftFile = async (name: string, content: string, slot: string | null): Promise<DraftFile> => {
  const { handle, size } = await localFiles.grant(await write(name, content));
  return { handle, name, size, slot };
};
const rulesOf = async (files: DraftFile[], maxFileSize = Infinity): Promise<unknown[]> =>
  (await localFiles.check(template, files, maxFileSize)).map((problem) => [
    problem.rule,
    problem.severity,
    problem.field,
  ]);

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-local-files-'));
  store = openStore({ file: path.join(folder, 'slipway.db') });
  localFiles = createLocalFiles({
    handles: store.fileHandles,
    clock: { now: () => 1, sleep: () => Promise.resolve() },
    randomId: (length) => String((serial += 1)).padStart(length, '0'),
    configs,
  });
});
afterAll(() => configs.dispose());
afterEach(async () => {
  await store.dispose();
  await rm(folder, { recursive: true, force: true });
});

describe('handing over a file', () => {
  test('gives a handle that leads back to it, and tells nothing of its path', async () => {
    const file = await write("it's $(mine).txt", 'hello');
    const handle = await localFiles.grant(file);
    expect(handle).toMatchObject({ name: "it's $(mine).txt", size: 5 });
    expect(JSON.stringify(handle)).not.toContain(folder);
    expect(localFiles.path(handle.handle)).toBe(file);
  });

  test('that is not there, is a folder or is no regular file is refused in words', async () => {
    await mkdir(path.join(folder, 'results'));
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    await symlink('nowhere', path.join(folder, 'dangling'));
    await expect(localFiles.grant(path.join(folder, 'gone'))).rejects.toMatchObject({ code: 2001 });
    await expect(localFiles.grant(path.join(folder, 'dangling'))).rejects.toMatchObject({ code: 2001 });
    await expect(localFiles.grant(path.join(folder, 'results'))).rejects.toMatchObject({
      code: 2002,
      hint: 'Add the files in it, or pack it into one archive.',
    });
    await expect(localFiles.grant(path.join(folder, 'pipe'))).rejects.toMatchObject({ code: 2002 });
    await expect(localFiles.grant('a\0b')).rejects.toMatchObject({ code: 2003 });
  });

  test('and removing it later leaves it out of the description', async () => {
    const a = await localFiles.grant(await write('a', '1'));
    const b = await localFiles.grant(await write('b', '22'));
    await rm(path.join(folder, 'a'));
    expect(await localFiles.describe([a.handle, b.handle])).toMatchObject([{ name: 'b', size: 2 }]);
  });

  test('never happened for a handle that somebody made up', () => {
    expect(() => localFiles.path('f0000000000000000' as FileHandleId)).toThrow(
      expect.objectContaining({ code: 2007 }) as Error,
    );
  });
});

describe('a preview', () => {
  test('shows the beginning of a text', async () => {
    const { handle } = await localFiles.grant(await write('a.txt', '한글'));
    expect(await localFiles.preview(handle, 100)).toEqual({ text: '한글', truncated: false });
    expect(await localFiles.preview(handle, 4)).toEqual({ text: '한', truncated: true });
  });

  test('of a binary file shows nothing', async () => {
    const { handle } = await localFiles.grant(await write('a.bin', new Uint8Array([0, 1, 2, 3, 255])));
    expect(await localFiles.preview(handle, 100)).toEqual({ text: null, truncated: false });
  });
});

describe('the files of a draft', () => {
  test('are fine when every slot has what it asks for', async () => {
    expect(
      await rulesOf([
        await draftFile('a.py', '', 'script'),
        await draftFile('c.yaml', 'batch_size: 3', 'config'),
        await draftFile('notes', '', null),
      ]),
    ).toEqual([]);
  });

  test('are told what is missing, what does not fit, and what is too large', async () => {
    expect(await rulesOf([])).toEqual([
      ['file-missing', 'error', 'files.script'],
      ['file-missing', 'error', 'files.config'],
    ]);
    expect(await rulesOf([await draftFile('a.txt', '', 'script'), await draftFile('c.yaml', '{}', 'config')])).toEqual([
      ['file-pattern', 'error', 'files.script'],
    ]);
    expect(
      await rulesOf([await draftFile('a.py', 'x'.repeat(2000), 'script'), await draftFile('c.yaml', '{}', 'config')]),
    ).toEqual([['file-too-large', 'error', 'files.script']]);
    expect(
      await rulesOf(
        [await draftFile('a.py', 'x'.repeat(200), 'script'), await draftFile('c.yaml', '{}', 'config')],
        100,
      ),
    ).toEqual([['file-too-large', 'error', 'files.script']]);
  });

  test('are told of a file without a limit of its own that is over 1000 MB', async () => {
    const big = await draftFile('a.csv', '', 'data');
    await truncate(path.join(folder, 'a.csv'), 1001 * 1024 ** 2);
    expect(
      await rulesOf([big, await draftFile('a.py', '', 'script'), await draftFile('c.yaml', '{}', 'config')]),
    ).toEqual([['file-too-large', 'error', 'files.data']]);
  });

  test('are told of errors in a config file, with the line', async () => {
    const problems = await localFiles.check(
      template,
      [await draftFile('a.py', '', 'script'), await draftFile('c.yaml', 'x: 1\nbatch_size: many\n', 'config')],
      Infinity,
    );
    expect(problems).toMatchObject([
      { rule: 'config-schema', code: 2005, field: 'files.config', file: 'c.yaml', line: 2 },
    ]);
  });

  test('are told of one that vanished, and of a second one for a slot', async () => {
    const script = await draftFile('a.py', '', 'script');
    const config = await draftFile('c.yaml', '{}', 'config');
    expect(await rulesOf([script, config, await draftFile('b.py', '', 'script')])).toEqual([
      ['slot-twice', 'warning', 'files.script'],
    ]);
    await rm(path.join(folder, 'a.py'));
    expect(await rulesOf([script, config])).toEqual([['file-unreadable', 'error', 'files.script']]);
  });
});

describe('dropped files', () => {
  const context = { requestId: 'request-1' as never, signal: new AbortController().signal };

  test('find their slots, and those that fit nowhere travel along', async () => {
    const handlers = fileHandlers({
      localFiles,
      library: { ready: Promise.resolve(), get: () => ({ template }) as never, samples: () => [] },
    });
    const kept = await draftFile('old.py', '', 'script');
    const gone = { ...(await draftFile('x.dat', '', null)), slot: 'a slot of an earlier version' };
    const added = await Promise.all(
      [write('new.py', ''), write('c.yaml', '{}')].map(async (file) => (await localFiles.grant(await file)).handle),
    );
    const { files, problems } = await handlers['files.match'](
      { templateId: 't', templateSource: 'private', files: [kept, gone], added: [...added, kept.handle] },
      context,
    );
    expect(files.map((file) => [file.name, file.slot])).toEqual([
      ['old.py', 'script'],
      ['x.dat', null],
      ['new.py', null],
      ['c.yaml', 'config'],
    ]);
    expect(problems.map((problem) => [problem.rule, problem.severity])).toEqual([
      ['file-extra', 'info'],
      ['file-extra', 'info'],
    ]);
  });

  test('may be the samples that come with a template', async () => {
    await mkdir(path.join(folder, 't.samples'));
    await write('t.samples/train.py', 'print(1)');
    await write('t.samples/.hidden', '');
    const library = {
      ready: Promise.resolve(),
      get: () => ({ template }) as never,
      samples: () => samplePaths(path.join(folder, 't.yaml')),
    };
    expect(
      await fileHandlers({ localFiles, library })['files.samples'](
        { templateId: 't', templateSource: 'private' },
        context,
      ),
    ).toMatchObject([{ name: 'train.py' }]);
    const none = fileHandlers({
      localFiles,
      library: { ...library, samples: () => samplePaths(path.join(folder, 'none.yaml')) },
    });
    expect(await none['files.samples']({ templateId: 't', templateSource: 'private' }, context)).toEqual([]);
  });
});

describe('a script that Linux would not run as it was meant', () => {
  const windows = '#!/bin/bash\r\necho hi\r\n';

  test('is told at its place with the click that sends it converted, and the click back; the file stays as it is', async () => {
    const extra = await draftFile('run.sh', windows, null);
    const [found] = await localFiles.check(
      template,
      [extra, await draftFile('a.py', 'x', 'script'), await draftFile('c.yaml', 'batch_size: 1', 'config')],
      Infinity,
    );
    expect(found).toMatchObject({
      rule: 'script-not-for-linux',
      severity: 'warning',
      field: 'files',
      file: 'run.sh',
      fix: { field: `convert.${extra.handle}`, value: true },
    });
    const [done] = await localFiles.check({ ...template, files: [] }, [{ ...extra, convert: true }], Infinity);
    expect(forPrograms(done)).toMatchObject({
      rule: 'script-converted',
      severity: 'info',
      fix: { field: `convert.${extra.handle}`, value: false },
      message: 'run.sh is sent in a converted copy: line ends converted.',
    });
    expect(Buffer.from(await localFiles.converted(extra.handle)).toString()).toBe('#!/bin/bash\necho hi\n');
    expect((await localFiles.preview(extra.handle, 1000)).text).toBe(windows);
  });

  test('is looked at again when it was written anew', async () => {
    const extra = await draftFile('run.sh', windows, null);
    const rules = async (): Promise<string[]> =>
      (await localFiles.check({ ...template, files: [] }, [extra], Infinity)).map(({ rule }) => rule);
    expect(await rules()).toEqual(['script-not-for-linux']);
    await write('run.sh', '#!/bin/bash\necho hi\n');
    expect(await rules()).toEqual([]);
  });

  test('that has grown beyond all scripts is not converted', async () => {
    const extra = await draftFile('run.sh', windows, null);
    await truncate(path.join(folder, 'run.sh'), 5_000_000);
    await expect(localFiles.converted(extra.handle)).rejects.toMatchObject({ name: 'FILE_UNREADABLE' });
  });
});
