import { inEnglish } from '../../../../shared/domain/problem/testing/inEnglish.ts';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FileHandleId } from '../../../../shared/domain/ids.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import { openStore } from '../../../store/index.ts';
import { createConfigChecker } from '../../files/configChecker.ts';
import { createLocalFiles } from '../../files/localFiles.ts';
import type { Store } from '../../ports.ts';
import { createScriptMaker } from '../../scripts/scriptMaker.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { tryFiles, tryScript } from './tryTemplate.ts';
import type { LocalFiles } from '../../services.ts';

const TEXT = `template: {id: t, name: 학습 하기}
slurm: {time: 60}
apptainer: {image_name: a.sif}
parameters: [{name: epochs, type: integer, default: 3, max: 9}]
files:
  input_schema: {required: [{name: script, pattern: "*.py"}]}
  config_schema: {required: [{name: config, pattern: config.yaml, schema: {type: object, properties: {epochs: {type: integer}}}}]}
script: {main_exec: 'apptainer exec "$APPTAINER_IMAGE" python "$FILE_SCRIPT" "$PARAM_EPOCHS"'}
`;
const template = parseTemplate(TEXT, 't.yaml').template as Template;

describe('a template that is not saved yet', () => {
  const sessions = { profile: () => expect.unreachable(), knownFacts: () => null, knownUsage: () => null };
  const scripts = createScriptMaker(() => 0);

  test('shows its script for sample values, with no cluster chosen', () => {
    const preview = tryScript({ scripts, sessions }, template, { epochs: 5 }, undefined);
    expect(preview.problems).toEqual([]);
    expect(preview.text).toContain('export PARAM_EPOCHS=5\n');
    expect(preview.text).toMatch(/APPTAINER_IMAGE=\S*a\.sif/);
    expect(preview.spans).toContainEqual(expect.objectContaining({ field: 'parameters.epochs' }));
  });

  test('says what is wrong with the values', () => {
    expect(tryScript({ scripts, sessions }, template, { epochs: 50 }, undefined).problems).toMatchObject([
      { rule: 'parameter-range', field: 'parameters.epochs' },
    ]);
  });
});

describe('files dropped on it', () => {
  let folder: string;
  let store: Store;
  let localFiles: LocalFiles;
  let serial = 0;
  const configs = createConfigChecker();
  const drop = async (name: string, content = ''): Promise<FileHandleId> => {
    await writeFile(path.join(folder, name), content);
    return (await localFiles.grant(path.join(folder, name))).handle;
  };

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'slipway-try-'));
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

  test('go to their slots, and are told why not, with the line', async () => {
    const handles = [
      await drop('train.py'),
      await drop('other.py'),
      await drop('config.yaml', '# mine\nepochs: many\n'),
      await drop('notes.txt'),
      await drop('Model.PY'),
    ];
    const previews = await tryFiles(localFiles, template, handles, new AbortController().signal);
    expect(
      previews.map(({ name, slot, problems }) => [
        name,
        slot,
        problems.map(({ rule, severity, line }) => [rule, severity, line]),
      ]),
    ).toEqual([
      ['train.py', 'script', []],
      ['other.py', null, [['slot-taken', 'info', null]]],
      ['config.yaml', 'config', [['config-schema', 'error', 2]]],
      ['notes.txt', null, [['file-extra', 'info', null]]],
      ['Model.PY', null, [['file-extra', 'info', null]]],
    ]);
    expect(inEnglish(previews[1]?.problems ?? [])[0]?.message).toBe(
      'other.py fits script (train.py), which holds another file; it travels along.',
    );
    expect(inEnglish(previews[3]?.problems ?? [])[0]?.hint).toBe('Its slots are script: *.py, config: config.yaml.');
    expect(inEnglish(previews[4]?.problems ?? [])[0]?.hint).toBe('Case counts in patterns.');
  });
});
