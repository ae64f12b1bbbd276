import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { TemplateEdit } from '../../../../shared/domain/template/studio.ts';
import { applyCut, editTemplateText } from './editText.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import type { PathStep } from './yamlSplice.ts';
import { plainValue, readYamlTree } from '../../text/yamlTree.ts';

const plain = (text: string): unknown => {
  const { tree, faults } = readYamlTree(text);
  if (tree !== null) return plainValue(tree);
  return faults[0]?.rule === 'empty' ? {} : undefined;
};
const set = (path: PathStep[], value: unknown): TemplateEdit => ({ kind: 'set', path, value });
const fixture = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, '../format/__fixtures__', name), 'utf8');

const TEXT = `# My template
template:
  id: t            # never change this
  name: 'quoted'

slurm: {partition: gpu, nodes: 1, time: "04:00:00"}   # short

parameters:
  # how long
  - name: epochs
    type: integer    # whole
    default: 3

  # how fast
  - {name: lr, type: number}

script:
  main_exec: |   # the job
    python train.py
    # a comment of bash
`;

describe('a change in the form', () => {
  test.each<[string, TemplateEdit, (text: string) => string]>([
    ['sets a plain value', set(['template', 'id'], 'u'), (text) => text.replace('id: t ', 'id: u ')],
    ['keeps the quotes', set(['template', 'name'], "it's"), (text) => text.replace("'quoted'", "'it''s'")],
    ['changes a value in braces', set(['slurm', 'nodes'], 2), (text) => text.replace('nodes: 1', 'nodes: 2')],
    [
      'adds a key in braces',
      set(['slurm', 'mem'], '4G'),
      (text) => text.replace('"04:00:00"}', '"04:00:00", mem: 4G}'),
    ],
    ['removes a key in braces', { kind: 'remove', path: ['slurm', 'nodes'] }, (text) => text.replace('nodes: 1, ', '')],
    [
      'removes the last key in braces',
      { kind: 'remove', path: ['slurm', 'time'] },
      (text) => text.replace(', time: "04:00:00"', ''),
    ],
    [
      'adds a key to a map',
      set(['template', 'version'], '1.10'),
      (text) => text.replace("name: 'quoted'\n", 'name: \'quoted\'\n  version: "1.10"\n'),
    ],
    [
      'adds a key to an item of a list',
      set(['parameters', 0, 'label'], 'Epochs'),
      (text) => text.replace('default: 3\n', 'default: 3\n    label: Epochs\n'),
    ],
    [
      'removes a key of an item',
      { kind: 'remove', path: ['parameters', 0, 'type'] },
      (text) => text.replace('    type: integer    # whole\n', ''),
    ],
    [
      'removes the first key of an item',
      { kind: 'remove', path: ['parameters', 0, 'name'] },
      (text) => text.replace('name: epochs\n    type', 'type'),
    ],
    [
      'changes the script, whose heading comment stays',
      set(['script', 'main_exec'], 'a\n\nb\n'),
      (text) => text.replace(/python[^]*/, 'a\n\n    b\n'),
    ],
    [
      'makes a script of several lines out of one word',
      set(['template', 'id'], 'a\nb\n'),
      (text) =>
        text.replace('id: t            # never', 'id: |            # never').replace('this\n', 'this\n    a\n    b\n'),
    ],
    [
      'moves an item with the comment above it',
      { kind: 'move', path: ['parameters'], from: 1, to: 0 },
      (text) =>
        text
          .replace('  # how fast\n  - {name: lr, type: number}\n', '')
          .replace('  # how long', '  # how fast\n  - {name: lr, type: number}\n  # how long'),
    ],
    [
      'inserts an item',
      { kind: 'insert', path: ['parameters'], at: 1, value: { name: 'seed', type: 'integer' } },
      (text) => text.replace('  # how fast', '  - name: seed\n    type: integer\n  # how fast'),
    ],
    [
      'appends an item',
      { kind: 'insert', path: ['parameters'], at: 2, value: { name: 'seed' } },
      (text) => text.replace('number}\n', 'number}\n  - name: seed\n'),
    ],
    [
      'removes an item; the comment above stays',
      { kind: 'remove', path: ['parameters', 1] },
      (text) => text.replace('  - {name: lr, type: number}\n', ''),
    ],
    [
      'puts a new section where it belongs',
      set(['apptainer', 'image_name'], 'a.sif'),
      (text) => text.replace('parameters:', 'apptainer:\n  image_name: a.sif\nparameters:'),
    ],
    ['says the same', set(['slurm'], { partition: 'gpu', nodes: 1, time: '04:00:00' }), (text) => text],
    [
      'sets a whole section, of which one value differs',
      set(['slurm'], { partition: 'cpu', nodes: 1, time: '04:00:00' }),
      (text) => text.replace('partition: gpu', 'partition: cpu'),
    ],
  ])('%s', (_, edit, expected) => {
    expect(editTemplateText(TEXT, [edit])).toBe(expected(TEXT));
    const windows = (text: string): string => `\ufeff${text.replaceAll('\n', '\r\n')}`;
    expect(editTemplateText(windows(TEXT), [edit])).toBe(windows(expected(TEXT)));
  });

  test('begins an empty file', () => {
    expect(editTemplateText('', [set(['template', 'id'], 't'), set(['script', 'main_exec'], 'hostname\n')])).toBe(
      'template:\n  id: t\nscript:\n  main_exec: |\n    hostname\n',
    );
    expect(editTemplateText('# mine\n', [set(['template', 'id'], 't')])).toBe('# mine\ntemplate:\n  id: t\n');
  });

  test('changes a file in the older spelling under its own names', () => {
    const text = fixture('my_simulation_v1.yaml');
    const edited = editTemplateText(text, [
      set(['files', 'input_schema', 'required', 0, 'description'], 'Mesh'),
      {
        kind: 'insert',
        path: ['files', 'input_schema', 'optional'],
        at: 0,
        value: { name: 'extra', pattern: '*.dat' },
      },
      set(['files', 'output_pattern'], 'out_*.vtk'),
    ]);
    expect(edited).not.toMatch(/^files:/m);
    const { template, problems } = parseTemplate(edited, 'a.yaml');
    expect(problems).toEqual([]);
    expect(template?.files.map((slot) => slot.name)).toContain('extra');
    expect(template).toMatchObject({ outputPattern: 'out_*.vtk', files: [{ description: 'Mesh' }, {}, {}, {}] });
  });

  test('finds the spelling of an option, an image in short, and one word for a list', () => {
    expect(editTemplateText('slurm: {cpus-per-task: 1}\n', [set(['slurm', 'cpus_per_task'], 4)])).toBe(
      'slurm: {cpus-per-task: 4}\n',
    );
    expect(editTemplateText('apptainer: a.sif # x\n', [set(['apptainer', 'app'], 'python')])).toBe(
      'apptainer: # x\n  image_name: a.sif\n  app: python\n',
    );
    expect(
      editTemplateText('template: {tags: gpu}\n', [{ kind: 'insert', path: ['template', 'tags'], at: 1, value: 'ml' }]),
    ).toBe('template: {tags: [gpu, ml]}\n');
  });

  test('of parameters that are a map counts them in their order', () => {
    const text = 'parameters:\n  epochs: {type: integer} # e\n  lr:\n    type: number\n';
    expect(editTemplateText(text, [set(['parameters', 1, 'label'], 'Rate')])).toBe(`${text}    label: Rate\n`);
    expect(editTemplateText(text, [set(['parameters', 0, 'name'], 'rounds')])).toBe(text.replace('epochs', 'rounds'));
    expect(editTemplateText(text, [{ kind: 'move', path: ['parameters'], from: 1, to: 0 }])).toBe(
      'parameters:\n  lr:\n    type: number\n  epochs: {type: integer} # e\n',
    );
    expect(
      editTemplateText(text, [
        { kind: 'insert', path: ['parameters'], at: 0, value: { name: 'seed', type: 'integer' } },
      ]),
    ).toBe(text.replace('  epochs', '  seed:\n    type: integer\n  epochs'));
    expect(editTemplateText(text, [{ kind: 'remove', path: ['parameters', 1] }])).toBe(
      'parameters:\n  epochs: {type: integer} # e\n',
    );
  });

  test('of what an alias or a merge key stands for changes that place only', () => {
    const text = '# top\nbase: &b {nodes: 1, mem: 4G} # shared\nslurm:\n  <<: *b\n  time: 60 # minutes\nother: *b\n';
    const said = plain(text) as Record<string, unknown>;
    for (const [edit, slurm] of [
      [set(['slurm', 'nodes'], 2), { nodes: 2, mem: '4G', time: 60 }],
      [
        { kind: 'remove', path: ['slurm', 'mem'] },
        { nodes: 1, time: 60 },
      ],
    ] as [TemplateEdit, unknown][]) {
      const edited = editTemplateText(text, [edit]);
      expect(plain(edited)).toEqual({ ...said, slurm });
      for (const comment of ['# top', '# shared', '# minutes']) expect(edited).toContain(comment);
    }
    expect(plain(editTemplateText(text, [set(['base', 'nodes'], 9)]))).toEqual({
      ...said,
      base: { nodes: 9, mem: '4G' },
    });
    expect(plain(editTemplateText(text, [set(['other', 'nodes'], 9)]))).toEqual({
      ...said,
      other: { nodes: 9, mem: '4G' },
    });
  });

  test('of a text that is no YAML leaves it as it is', () => {
    expect(editTemplateText('a: [', [set(['a'], 1)])).toBe('a: [');
  });

  test.each<[TemplateEdit]>([
    [set(['template', 'id', 'x'], 1)],
    [{ kind: 'remove', path: ['nobody'] }],
    [{ kind: 'insert', path: ['parameters'], at: 9, value: 1 }],
    [{ kind: 'move', path: ['parameters'], from: 0, to: 7 }],
  ])('that leads nowhere is refused: %j', (edit) => {
    expect(() => editTemplateText(TEXT, [edit])).toThrow(expect.objectContaining({ name: 'INPUT_INVALID' }) as Error);
  });
});

/** A document in some style, in which every comment names the place that it belongs to. */
const KEYS = ['a', 'b', 'c', 'k-e', '한', '__proto__', '12', 'yes'];
const scalar = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', ' ', ':', '#', '-', '"', "'", '\\', '{', ',', '한', '*', '&', '%', '\t'),
    maxLength: 8,
  }),
  fc.string({ unit: fc.constantFrom('x', '\n', ' ', '#', '- ', ': ', '\t'), maxLength: 10 }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('1.10', 'yes', 'null', '~', '', '04:00:00', '0x1', '1e3', '.nan', '<<', '=', '---', '...'),
);
const value = fc.letrec<{ node: unknown }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    { weight: 3, arbitrary: scalar },
    {
      weight: 2,
      arbitrary: fc.dictionary(fc.constantFrom(...KEYS), tie('node'), { maxKeys: 4, noNullPrototype: true }),
    },
    { weight: 2, arbitrary: fc.array(tie('node'), { maxLength: 4 }) },
  ),
})).node;
const root = fc.dictionary(fc.constantFrom(...KEYS), value, { minKeys: 1, maxKeys: 5, noNullPrototype: true });

const owned = (path: readonly PathStep[]): string => `# @${path.map((step) => `/${String(step)}`).join('')}/`;
const isPlainWord = (text: string): boolean => /^[a-z]+$/.test(text) && !['yes', 'null'].includes(text);

function write(data: unknown, at: PathStep[], indent: number, random: () => number): string[] {
  const pad = ' '.repeat(indent);
  const noise = (): string[] => [...(random() < 0.15 ? [''] : []), ...(random() < 0.25 ? [`${pad}${owned(at)}`] : [])];
  const entry = (lead: string, child: unknown, place: PathStep[], compact: boolean): string[] => {
    const behind = random() < 0.3 ? `${random() < 0.5 ? ' ' : '   '}${owned(place)}` : '';
    const isFull = typeof child === 'object' && child !== null && Object.keys(child).length > 0;
    if (isFull && random() < 0.65) {
      const inner = write(child, place, indent + (compact && random() < 0.7 ? 2 : 4), random);
      const [first = ''] = inner;
      if (compact && behind === '' && /^ *[^ #]/.test(first))
        return [`${pad}${lead}${' '.repeat(first.search(/\S/) - indent - 1)}${first.trimStart()}`, ...inner.slice(1)];
      return [`${pad}${lead}${behind}`, ...inner];
    }
    if (typeof child === 'string' && /^[^\s][^\t\r]*\n$/.test(child) && !child.includes('\n\n') && random() < 0.7) {
      return [
        `${pad}${lead} |${behind}`,
        ...child
          .slice(0, -1)
          .split('\n')
          .map((line) => (line === '' ? '' : `${pad}    ${line}`)),
      ];
    }
    if (child === null && random() < 0.5) return [`${pad}${lead}${behind}`];
    const flow = typeof child === 'string' && isPlainWord(child) ? child : JSON.stringify(child);
    return [`${pad}${lead} ${flow}${behind}`];
  };
  if (Array.isArray(data)) return data.flatMap((child, i) => [...noise(), ...entry('-', child, [...at, i], true)]);
  return Object.entries(data as object).flatMap(([key, child]) => [
    ...noise(),
    ...entry(`${/^[a-z]$/.test(key) ? key : JSON.stringify(key)}:`, child, [...at, key], false),
  ]);
}

function places(data: unknown, at: PathStep[] = []): PathStep[][] {
  if (typeof data !== 'object' || data === null) return [at];
  return [
    at,
    ...(Array.isArray(data)
      ? data.flatMap((child, i) => places(child, [...at, i]))
      : Object.entries(data).flatMap(([key, child]) => places(child, [...at, key]))),
  ];
}

describe('any change of any document', () => {
  const seeded = (seed: number): (() => number) => {
    let state = seed | 1;
    return () => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) ^ (state << 7);
      state ^= state >>> 12;
      return (state >>> 0) / 2 ** 32;
    };
  };

  test('says afterwards what it should, and loses no comment of another place', () => {
    fc.assert(
      fc.property(
        root,
        fc.nat(),
        fc.nat(),
        fc.constantFrom('set', 'add', 'remove', 'insert', 'move'),
        value,
        fc.nat(5),
        fc.nat(5),
        fc.boolean(),
        (data, seed, pick, kind, given, from, to, cr) => {
          const lines = write(data, [], 0, seeded(seed));
          const text = lines.join(cr ? '\r\n' : '\n') + (seed % 3 === 0 ? '' : cr ? '\r\n' : '\n');
          const before = plain(text);
          fc.pre(before !== undefined);
          expect(before).toEqual(data);
          const all = places(before);
          const place = all[pick % all.length] ?? [];
          const found = place.reduce<unknown>((node, step) => (node as Record<PathStep, unknown>)[step], before);
          const isList = Array.isArray(found);
          const size = isList ? found.length : 0;
          fc.pre(
            kind === 'add'
              ? typeof found === 'object' && found !== null && !isList && !('zz' in found)
              : kind === 'insert'
                ? isList
                : kind === 'move'
                  ? isList && size > 1
                  : place.length > 0,
          );
          const edit =
            kind === 'set'
              ? set(place, given)
              : kind === 'add'
                ? set([...place, 'zz'], given)
                : kind === 'remove'
                  ? { kind, path: place }
                  : kind === 'insert'
                    ? { kind, path: place, at: from % (size + 1), value: given }
                    : { kind, path: place, from: from % size, to: to % size };
          const after = editTemplateText(text, [edit]);
          expect(plain(after), `${text}⇒ ${JSON.stringify(edit)}\n${after}`).toEqual(applyCut(before, edit));
          const gone = kind === 'set' || kind === 'remove' ? owned(place) : null;
          const comments = (each: string): string[] =>
            (each.match(/# @(?:\/[^\s/]*)*\//g) ?? [])
              .filter((comment) => gone === null || !comment.startsWith(gone))
              .sort();
          expect(comments(after), `${text}⇒ ${JSON.stringify(edit)}\n${after}`).toEqual(comments(text));
        },
      ),
      { numRuns: 1000 },
    );
  });
});

test('rules of a field are added, changed and removed where they stand, in a list and in a map of fields', () => {
  const rule = { when: { field: 'lr', is: 1 }, max: 4 };
  for (const text of [
    TEXT,
    TEXT.replace('  - name: epochs\n    type', '  epochs:\n    type').replace(
      '  - {name: lr, type: number}',
      '  lr: {type: number}',
    ),
  ]) {
    const added = editTemplateText(text, [{ kind: 'insert', path: ['parameters', 0, 'rules'], at: 0, value: rule }]);
    expect(parseTemplate(added, '').template?.parameters[0]?.rules).toEqual([
      { when: [{ field: 'lr', is: 1 }], max: 4 },
    ]);
    const changed = editTemplateText(added, [
      set(['parameters', 0, 'rules', 0, 'max'], 8),
      { kind: 'insert', path: ['parameters', 0, 'rules'], at: 1, value: { when: { lr: 2 }, label: 'Rounds' } },
    ]);
    expect(parseTemplate(changed, '').template?.parameters[0]?.rules).toEqual([
      { when: [{ field: 'lr', is: 1 }], max: 8 },
      { when: [{ field: 'lr', is: 2 }], label: 'Rounds' },
    ]);
    const back = editTemplateText(changed, [{ kind: 'remove', path: ['parameters', 0, 'rules'] }]);
    expect(plain(back)).toEqual(plain(text));
    expect(back).toContain('# how long');
  }
});
