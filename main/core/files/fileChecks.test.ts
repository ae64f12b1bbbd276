import { inEnglish } from '../../../shared/domain/problem/testing/inEnglish.ts';
import { inWords } from '../../../shared/messages/catalogue.ts';
import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../../shared/contract/program.ts';
import type { DraftFile } from '../../../shared/domain/job/draft.ts';
import { openStore } from '../../store/index.ts';
import type { Store } from '../ports.ts';
import { readFolderChecks } from '../templates/format/folderChecks.ts';
import { createTemplateLibrary, type TemplateLibraryService } from '../templates/library/library.ts';
import { parseTemplate } from '../templates/format/parseTemplate.ts';
import { tryFiles } from '../templates/check/tryTemplate.ts';
import { createConfigChecker } from './configChecker.ts';
import { createLocalFiles } from './localFiles.ts';
import { ruleFaults } from './fileChecks.ts';
import type { LocalFiles } from '../services.ts';

const configs = createConfigChecker();
let folder: string;
let store: Store;
let localFiles: LocalFiles;
let library: TemplateLibraryService | null = null;
let serial = 0;

const CHECKS = `
validate_dat_format: { first_line: "# version [0-9]+", columns: 3, message: "Our instrument writes it so." }
is_hdf5: { magic: "89 48 44 46" }
table: { columns: [x, y], separator: comma }
sized: { min_size: 10, max_size: 1KB }
settings: { format: yaml, schema: { type: object, required: [epochs] } }
broken: { first_line: "(?=x)" }
mistyped: { firstline: x }
`;
const yaml = (slots: string): string =>
  `template: {id: t}\nfiles: {input_schema: {required: [${slots}]}}\nscript: {main_exec: x}\n`;
const slot = (name: string, validation: string): string =>
  `{name: ${name}, pattern: "${name}*", validation: ${validation}}`;
const rule = (text: string) => {
  const found = readFolderChecks(`it: ${text}`).get('it')?.rule;
  if (found == null) throw new Error('no rule');
  return found;
};
const faults = (text: string, content: string | Uint8Array, name = 'a.dat'): string[] => {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return ruleFaults(rule(text), name, { bytes, whole: true, size: bytes.length }).map(({ message }) =>
    inWords(message),
  );
};
const write = async (file: string, text: string | Uint8Array): Promise<string> => {
  const full = path.join(folder, file);
  await mkdir(path.dirname(full), { recursive: true });
  await writeFile(full, text);
  return full;
};
const dropped = async (name: string, content: string | Uint8Array, slotName: string | null): Promise<DraftFile> => {
  const { handle, size } = await localFiles.grant(await write(`files/${name}`, content));
  return { handle, name, size, slot: slotName };
};

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'slipway-checks-'));
  store = openStore({ file: path.join(folder, 'slipway.db') });
  localFiles = createLocalFiles({
    handles: store.fileHandles,
    clock: { now: () => 1 } as never,
    randomId: () => `x${String((serial += 1)).padStart(15, '0')}`,
    configs,
  });
});
afterEach(async () => {
  await library?.dispose();
  library = null;
  await store.dispose();
  await rm(folder, { recursive: true, force: true });
});
afterAll(() => configs.dispose());

async function opened(template: string): Promise<TemplateLibraryService> {
  await write('shared/ml/t.yaml', template);
  await write('shared/checks.yaml', CHECKS);
  library = createTemplateLibrary({
    folders: { data: path.join(folder, 'data'), officialTemplates: path.join(folder, 'official') },
    settings: { current: () => ({ ...DEFAULT_SETTINGS, communityTemplates: path.join(folder, 'shared') }) },
    store,
    clock: { now: () => 1 },
    version: 'test',
    communities: () => [],
    user: 'mia',
    log: { write: () => undefined, query: () => Promise.resolve([]) },
    emit: () => undefined,
  });
  await library.ready;
  return library;
}

describe('a declared check', () => {
  test.each([
    ['{magic: "89 48 44 46"}', Buffer.from([0x89, 0x48, 0x44, 0x46, 1]), []],
    ['{magic: "89484446"}', 'text', ['the bytes 89 48 44 46 are expected at its beginning, and 74 65 78 74 is there']],
    ['{magic_text: CDF, magic_offset: 4}', 'abcdCDF', []],
    ['{magic_text: CDF, magic_offset: 4}', 'ab', ['the bytes 43 44 46 are expected at byte 4, and nothing is there']],
    ['{first_line: "# v[0-9]+"}', '\ufeff# v12\r\nrest', []],
    ['{first_line: "# v[0-9]+"}', 'x # v12\n', ['its first line is “x # v12”, and one like # v[0-9]+ is expected']],
    ['{columns: 3}', '# a comment of five words\n1 2 3\n\n 4\t5  6\n', []],
    ['{columns: 3}', '1 2 3\n4 5\n', ['line 2 has 2 columns, and 3 are expected']],
    ['{columns: [x, z], separator: comma}', 'z,"a, b",x\n1,2,3\n', []],
    ['{columns: [x, z], separator: tab}', 'x\ty\n', ['its first line has no column z']],
    ['{min_size: 3, max_size: 5}', 'four', []],
    ['{min_size: 5}', 'four', ['it has 4 B, and at least 5 B are expected']],
  ])('%s of %o', (text, content, expected) => {
    expect(faults(text, content)).toEqual(expected);
  });

  test('takes what separates columns from the ending of the name', () => {
    expect(faults('{columns: 2}', 'a b,c\n', 'a.csv')).toEqual([]);
    expect(faults('{columns: 2}', 'a b\tc\n', 'a.tsv')).toEqual([]);
  });

  test('says nothing of a last line of which only a part was read', () => {
    expect(
      ruleFaults(rule('{columns: 3}'), 'a', { bytes: Buffer.from('1 2 3\n4 5'), whole: false, size: 100 }),
    ).toEqual([]);
  });

  test('of any content ends and says printable sentences', () => {
    const all = ['{magic: "00"}', '{first_line: "(a|aa)+b"}', '{columns: 3}', '{columns: [a], separator: comma}'].map(
      rule,
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.boolean(), (bytes, whole) => {
        for (const each of all)
          for (const { message } of ruleFaults(each, 'f', { bytes, whole, size: bytes.length }))
            expect(inWords(message)).not.toMatch(/[\u0000-\u001f\u007f\u202e]/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('the checks of a library folder', () => {
  test('are found by the names in its templates, and are no template themselves', async () => {
    const shared = await opened(
      yaml(
        [slot('dat', 'validate_dat_format'), slot('conf', '[settings]'), slot('own', '{magic_text: OWN}')].join(', '),
      ),
    );
    expect(shared.list().map(({ id, problems }) => [id, problems])).toEqual([['t', []]]);
    const { template } = shared.get('t');
    const good = [
      await dropped('dat1', '# version 3\n1 2 3\n', 'dat'),
      await dropped('conf1', 'epochs: 3\n', 'conf'),
      await dropped('own1', 'OWN', 'own'),
    ];
    expect(await localFiles.check(template, good, 1e9)).toEqual([]);
    const bad = [
      await dropped('dat2', 'version 3\n1 2\n', 'dat'),
      await dropped('conf2', 'a: 1\n', 'conf'),
      await dropped('own2', 'x', 'own'),
    ];
    expect(
      inEnglish(await localFiles.check(template, bad, 1e9)).map(({ rule: of, severity, field, line, hint }) => [
        of,
        severity,
        field,
        line,
        hint,
      ]),
    ).toEqual([
      ['file-check', 'error', 'files.dat', 1, 'Our instrument writes it so.'],
      ['file-check', 'error', 'files.dat', 1, 'Our instrument writes it so.'],
      ['config-schema', 'error', 'files.conf', 1, expect.any(String)],
      ['file-check', 'error', 'files.own', null, 'Choose another file, or correct this one.'],
    ]);
    await write('shared/checks.yaml', 'validate_dat_format: { first_line: "version [0-9]" }\n');
    expect(
      (
        await localFiles.check(
          shared.get('t').template,
          [await dropped('dat3', 'version 3\n', 'dat'), ...good.slice(1)],
          1e9,
        )
      ).map(({ rule: of }) => of),
    ).toEqual(['check-unknown']);
  });

  test('that are not there, or have a mistake, are told once and stop no job', async () => {
    const shared = await opened(
      yaml([slot('a', 'nobody_knows'), slot('b', '[nobody_knows, broken]'), slot('c', 'mistyped')].join(', ')),
    );
    const { template } = shared.get('t');
    const files = [await dropped('a1', 'x', 'a'), await dropped('b1', 'x', 'b'), await dropped('c1', 'x', 'c')];
    expect(
      inEnglish(await localFiles.check(template, files, 1e9)).map(({ rule: of, severity, message }) => [
        of,
        severity,
        message,
      ]),
    ).toEqual([
      ['check-unknown', 'info', 'The check “nobody_knows” is not defined; nothing is checked for it.'],
      ['check-unknown', 'info', expect.stringContaining('“broken” is not used: checks.yaml, line 7:')],
      ['check-unknown', 'info', expect.stringContaining('“mistyped” is not used: checks.yaml, line 8:')],
    ]);
    const previews = await tryFiles(
      localFiles,
      template,
      files.map(({ handle }) => handle),
      new AbortController().signal,
    );
    expect(previews.flatMap(({ problems }) => problems.map(({ rule: of }) => of))).toEqual([
      'check-unknown',
      'check-unknown',
      'check-unknown',
    ]);
  });

  test('look at the beginning of a file of gigabytes only', async () => {
    const { template } = parseTemplate(yaml(slot('big', '{magic_text: BIG, columns: 1}')), 't.yaml');
    const file = await dropped('big1', 'BIG\n', 'big');
    await truncate(path.join(folder, 'files/big1'), 900 * 1024 ** 2);
    expect((await localFiles.check(template!, [file], 1e12)).filter(({ rule: of }) => of === 'file-check')).toEqual([]);
  });
});

test('a slot’s validation that is nothing of the kind is a mistake with its place', () => {
  const told = (validation: string) =>
    parseTemplate(yaml(slot('a', validation)), 't.yaml').problems.map(({ rule: of, severity, field }) => [
      of,
      severity,
      field,
    ]);
  expect(told('validate_dat_format')).toEqual([]);
  expect(told('"rm -rf /"')).toEqual([['template-value', 'error', 'files.input_schema.required[0].validation[0]']]);
  expect(told('{magic: zz}')).toEqual([['template-value', 'error', 'files.input_schema.required[0].validation.magic']]);
  expect(told('{first_line: "("}')).toEqual([
    ['template-pattern', 'error', 'files.input_schema.required[0].validation.first_line'],
  ]);
  expect(told('{colums: 3}')).toEqual([
    ['template-unknown-key', 'warning', 'files.input_schema.required[0].validation.colums'],
  ]);
});
