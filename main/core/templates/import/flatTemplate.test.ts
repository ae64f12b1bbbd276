import { message } from '../../../../shared/messages/message.ts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import type { ImportReport } from '../../../../shared/domain/template/studio.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { importTemplate } from './importTemplate.ts';

/** A row as a site's database has it: lists and maps are JSON texts, flags are numbers. */
const ROW = {
  id: 17,
  template_id: 'pytorch-v2',
  name: 'pytorch_training',
  display_name: 'PyTorch 모델 학습',
  description: 'Training',
  category: 'ml',
  tags: '["gpu","pytorch"]',
  partition: 'gpu',
  nodes: 1,
  ntasks: 4,
  cpus_per_task: 8,
  mem: '32G',
  time: '04:00:00',
  gres: 'gpu:1',
  apptainer_image_id: 'pytorch_cuda.sif',
  apptainer_app: 'python',
  apptainer_bind: '["/shared/datasets:/datasets:ro"]',
  input_file_schema:
    '{"required":[{"name":"training_script","pattern":"*.py","type":"code","max_size":"10MB"}],"optional":[]}',
  output_file_pattern: 'checkpoints/*.pth',
  pre_script: '#!/bin/bash\r\nmkdir -p data\r\n',
  main_script: '#!/bin/bash\napptainer exec --nv $APPTAINER_IMAGE python "$FILE_TRAINING_SCRIPT"\n',
  post_script: null,
  is_public: 1,
  is_active: 1,
  created_by: 'mia',
  created_at: '2025-03-01T10:00:00',
  usage_count: 42,
  source: 'official',
  file_path: '/shared/templates/official/ml/pytorch.yaml',
  file_hash: 'ab12',
  last_modified: 1_740_000_000,
  colour: 'blue',
};
const json = (value: unknown, name = 'templates.json'): ImportReport =>
  importTemplate([{ name, text: JSON.stringify(value, null, 1) }]);
const templateOf = (text: string): Template => {
  const { template, problems } = parseTemplate(text, 'it.yaml');
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (template === null) throw new Error('not valid');
  return template;
};
const notes = (report: ImportReport, kind: string): string[] =>
  report.notes.filter((note) => note.kind === kind).map(({ what }) => (typeof what === 'string' ? what : what.id));

describe('a flat record', () => {
  test('becomes a template with all that it says', () => {
    const report = json(ROW);
    expect(report).toMatchObject({ format: 'flat', offers: [] });
    expect(templateOf(report.text)).toMatchObject({
      id: 'pytorch-v2',
      name: 'pytorch_training',
      displayName: 'PyTorch 모델 학습',
      category: 'ml',
      tags: ['gpu', 'pytorch'],
      author: 'mia',
      isPublic: true,
      slurm: { partition: 'gpu', nodes: 1, ntasks: 4, cpus_per_task: 8, mem: '32G', time: '04:00:00', gres: 'gpu:1' },
      image: {
        mode: 'fixed',
        allowedImages: ['pytorch_cuda.sif'],
        app: 'python',
        bind: ['/shared/datasets:/datasets:ro'],
      },
      files: [{ name: 'training_script', pattern: '*.py', type: 'code', maxSize: 10 * 1024 ** 2, required: true }],
      outputPattern: 'checkpoints/*.pth',
      script: { preExec: '#!/bin/bash\nmkdir -p data\n', mainExec: ROW.main_script, postExec: '' },
    });
  });

  test('is reported key by key: what has no place here says why, and what nobody knows is named with its line', () => {
    const report = json(ROW);
    expect(notes(report, 'unsupported')).toEqual(['colour']);
    expect(notes(report, 'changed').sort()).toEqual([
      'created_at',
      'file_hash',
      'file_path',
      'id',
      'is_active',
      'last_modified',
      'source',
      'usage_count',
    ]);
    expect(notes(report, 'taken')).toEqual(
      expect.arrayContaining(['name', 'partition', 'apptainer_bind', 'input_file_schema', 'main_script', 'created_by']),
    );
    expect(report.notes.find(({ what }) => what === 'colour')?.line).toBe(Object.keys(ROW).indexOf('colour') + 2);
    const said = new Set(report.notes.map(({ what }) => what));
    expect(Object.entries(ROW).filter(([key, value]) => value !== null && !said.has(key))).toEqual([]);
  });

  test('has its image by name; the key of a database is told, not guessed', () => {
    for (const key of [31, '8f14e45f-ceea-467f-9e1b-2b5a1c1d4e11']) {
      const report = json({ ...ROW, apptainer_image_id: key });
      expect(templateOf(report.text).image.allowedImages).toEqual([]);
      expect(notes(report, 'unsupported')).toContain('apptainer_image_id');
      expect(
        templateOf(json({ ...ROW, apptainer_image_id: key, apptainer_image_name: '/shared/images/x.sif' }).text).image
          .allowedImages,
      ).toEqual(['x.sif']);
    }
  });

  test('in YAML, with a category of its own, file slots as a list and no id that is one', () => {
    const report = importTemplate([
      {
        name: 'row.yaml',
        text: 'name: My job\ncategory: Biology\nversion: 1.10\nnodes: 2\ninput_file_schema:\n  - {name: a, pattern: "*.dat", required: true}\n  - {name: b, pattern: "*.csv", required: false}\nmain_script: |\n  run "$FILE_A"\n',
      },
    ]);
    expect(templateOf(report.text)).toMatchObject({
      id: 'My-job',
      category: 'custom',
      tags: ['Biology'],
      version: '1.10',
      isPublic: false,
      slurm: { nodes: 2 },
      files: [
        { name: 'a', required: true },
        { name: 'b', required: false },
      ],
      script: { mainExec: 'run "$FILE_A"\n' },
    });
    expect(notes(report, 'changed')).toEqual(['category']);
  });

  test('without a main script is named as one that cannot be used yet', () => {
    const report = json({ ...ROW, main_script: '' });
    expect(notes(report, 'unsupported')).toContain('main_script');
    expect(report.problems.some(({ severity }) => severity === 'error')).toBe(true);
  });
});

describe('many records', () => {
  test('come from a list, from the answer of a REST call and from several files, the first as the report', () => {
    const rows = [
      ROW,
      { ...ROW, template_id: 'b', display_name: 'B' },
      { ...ROW, template_id: 'c', display_name: 'C' },
    ];
    for (const given of [rows, { success: true, templates: rows }, { data: { items: rows } }]) {
      const report = json(given);
      expect(templateOf(report.text).id).toBe('pytorch-v2');
      expect(report.more?.map(({ name, text }) => [name, templateOf(text).id])).toEqual([
        ['B', 'b'],
        ['C', 'c'],
      ]);
    }
    const report = importTemplate(rows.map((row, i) => ({ name: `${String(i)}.json`, text: JSON.stringify(row) })));
    expect(report.more?.map(({ name }) => name)).toEqual(['B', 'C']);
    expect(json(Array.from({ length: 60 }, () => ROW)).more).toHaveLength(49);
    expect(json(Array.from({ length: 60 }, () => ROW)).notes[0]?.what).toEqual(
      message('imports.flat.templates', { count: 10 }),
    );
    expect(json(ROW).more).toBeUndefined();
  });

  test('of our own form, exported with the facts of their files, lose those only', () => {
    const own = {
      template: { id: 'own', display_name: 'Own', is_public: true },
      slurm: { nodes: 2 },
      script: { main_exec: 'hostname\n' },
    };
    const report = json([
      { ...own, source: 'community', file_path: '/x/own.yaml', file_hash: 'ff', last_modified: '2025-01-01' },
    ]);
    expect(templateOf(report.text)).toMatchObject({
      id: 'own',
      slurm: { nodes: 2 },
      script: { mainExec: 'hostname\n' },
    });
    expect(notes(report, 'changed').sort()).toEqual(['file_hash', 'file_path', 'last_modified', 'source']);
  });
});

test('what is no record is imported as before', () => {
  expect(importTemplate([{ name: 'a.yaml', text: 'template: {id: a}\nscript: {main_exec: x}\n' }]).format).toBe(
    'slipway',
  );
  expect(importTemplate([{ name: 'a.sh', text: '#!/bin/bash\nhostname\n' }]).format).toBe('sbatch');
  expect(importTemplate([{ name: 'a.json', text: '{"name": "x", "value": 1}' }]).format).toBe('sbatch');
});

test('hostile records of any shape never throw, and what comes out is YAML', () => {
  const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), fc.constantFrom(...Object.values(ROW)));
  const row = fc
    .record(Object.fromEntries(Object.keys(ROW).map((key) => [key, value])), { requiredKeys: [] })
    .map((given) => ({ name: 'x', main_script: 'y', ...given }));
  fc.assert(
    fc.property(fc.oneof(row, fc.array(row, { maxLength: 3 })), (given) => {
      const report = json(given);
      if (report.format === 'flat' && report.text !== '')
        expect(report.problems.filter(({ rule }) => rule === 'template-syntax')).toEqual([]);
    }),
    { numRuns: 200 },
  );
});
