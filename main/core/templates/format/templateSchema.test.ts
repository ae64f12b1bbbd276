import { Ajv2020 } from 'ajv/dist/2020.js';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { say } from '../../../../shared/messages/catalogue.ts';
import { message as m } from '../../../../shared/messages/message.ts';
import { POST_SUBMIT_CHECKS, PRE_SUBMIT_CHECKS } from './siteChecks.ts';
import { parseTemplate } from './parseTemplate.ts';
import { Section } from './section.ts';
import { jsonSchemaOf, TEMPLATE_SCHEMA, type SchemaNode } from './templateSchema.ts';
import { plainValue, readYamlTree } from '../../text/yamlTree.ts';

const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
const validate = ajv.compile(jsonSchemaOf(TEMPLATE_SCHEMA));
const faults = (text: string): unknown => {
  const { tree } = readYamlTree(text);
  return validate(tree === null ? undefined : plainValue(tree)) ? [] : validate.errors;
};

/** All nodes with a key, and where they stand: `parameters.*.name`. */
function keysOf(node: SchemaNode, at: string[] = []): { at: string[]; node: SchemaNode }[] {
  return [
    ...Object.entries(node.properties ?? {}).flatMap(([key, each]) => [
      { at: [...at, key], node: each },
      ...keysOf(each, [...at, key]),
    ]),
    ...(node.items === undefined ? [] : keysOf(node.items, [...at, '*'])),
    ...(node.additionalProperties === undefined ? [] : keysOf(node.additionalProperties, [...at, '*'])),
    ...(node.anyOf ?? []).flatMap((each) => keysOf(each, at)),
  ];
}
const keys = keysOf(TEMPLATE_SCHEMA);

/** A template with every section, in both spellings. */
const FULL = `
template: {id: t}
slurm: {time: 60}
apptainer: {mode: any}
files: {input_schema: {required: [{name: a, pattern: "*.a"}], optional: []}, config_schema: {required: [], optional: [{name: b, pattern: "*.b"}]}}
input_file_schema: {required_files: [{name: c, pattern: "*.c"}], optional_files: []}
option_file_schema: {required_files: [], optional_files: [{name: d, pattern: "*.d"}]}
parameters: [{name: p, type: select, options: [{value: x}], visible_when: [{field: q, is: 1}], rules: [{when: [{field: q, not: 1}], options: [{value: y}], label: Y}]}, {name: q}]
generated_files: [{name: x.txt, content: ""}]
script: {main_exec: x}
validation: {pre_submit: []}
`;

describe('the schema of a template', () => {
  afterEach(() => vi.restoreAllMocks());

  test('fits every template that is shipped or in use', () => {
    const folder = path.join(import.meta.dirname, '../../../../templates/official');
    const files = [
      ...globSync('**/*.yaml', { cwd: folder })
        .filter((file) => !file.includes('.samples'))
        .map((file) => path.join(folder, file)),
      ...globSync('*.yaml', { cwd: path.join(import.meta.dirname, '__fixtures__') }).map((file) =>
        path.join(import.meta.dirname, '__fixtures__', file),
      ),
    ];
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) expect(faults(readFileSync(file, 'utf8')), file).toEqual([]);
    expect(faults(FULL)).toEqual([]);
  });

  test('has every key that the parser asks for, and no other', () => {
    const entry = vi.spyOn(Section.prototype, 'entry');
    parseTemplate(FULL, 'a.yaml');
    parseTemplate('template: {id: t}\nscript: {main_exec: x}\nparameters: {p: {type: text}}\n', 'a.yaml');
    const asked = entry.mock.calls.flatMap((names, i) => {
      const at = (entry.mock.contexts[i] as Section).path.replaceAll(/\[\d+\]/g, '.*');
      return names.map((name) => (at === '' ? name : `${at}.${name}`));
    });
    // all slots are read and described by the same lines
    const alike = (at: string): string =>
      at
        .replace(/^parameters\.p\./, 'parameters.*.')
        .replace(/(visible_when|rules\.\*\.when)\.\*\./, '$1.')
        .replace(
          /^(?:files\.(?:input|config)_schema|input_file_schema|option_file_schema)\.(?:required|optional)(?:_files)?\.\*/,
          'slot',
        );
    const known = new Set(keys.map(({ at }) => alike(at.join('.'))).filter((at) => !at.startsWith('slurm.')));
    const mapped = asked.map(alike).filter((at) => !at.startsWith('slurm.'));
    expect([...new Set(mapped)].filter((at) => !known.has(at))).toEqual([]);
    expect([...known].filter((at) => !mapped.includes(at))).toEqual([]);
  });

  test('describes every key, and has an example of every value', () => {
    for (const { at, node } of keys) {
      expect(node.description, at.join('.')).toMatchObject({ id: expect.stringMatching(/^templateKeys\./) as string });
      const isValue =
        node.properties === undefined &&
        node.items === undefined &&
        node.anyOf?.some((each) => each.properties !== undefined || each.items?.properties !== undefined) !== true;
      if (isValue && !at.includes('slurm') && node.deprecated !== true)
        expect(node.examples?.length, at.join('.')).toBeGreaterThan(0);
    }
  });

  test('names each check that has something behind it, in both languages', () => {
    for (const [message, known] of [
      [m('templateKeys.checks.preSubmit'), PRE_SUBMIT_CHECKS],
      [m('templateKeys.checks.postSubmit'), POST_SUBMIT_CHECKS],
    ] as const)
      for (const name of known)
        for (const language of ['en', 'ko'] as const) expect(say(language, message)).toContain(name);
  });

  test('is plain JSON Schema in English for other editors', () => {
    expect(jsonSchemaOf(TEMPLATE_SCHEMA)).toMatchObject({
      description: 'A kind of job: what to ask of Slurm, its image, files, form and script.',
      properties: {
        slurm: {
          properties: {
            cpus_per_task: {
              description: expect.stringMatching(/^CPUs per task \(--cpus-per-task\): a whole number/) as string,
            },
            output: { description: expect.stringMatching(/^Has no effect: .*\.$/) as string },
          },
        },
        script: {
          properties: { pre_exec: { description: expect.stringMatching(/^Runs first\. Bash, run/) as string } },
        },
      },
    });
    expect(JSON.stringify(jsonSchemaOf(TEMPLATE_SCHEMA))).not.toContain('templateKeys.');
  });

  test('offers options of Slurm in the form that the parser takes', () => {
    for (const { at, node } of keys.filter(
      (key) => key.at[0] === 'slurm' && key.at.length === 2 && key.node.deprecated !== true,
    )) {
      for (const example of node.examples ?? []) {
        const text = stringify({
          template: { id: 't' },
          parameters: [{ name: 'gpus', default: '1' }],
          slurm: { [at[1] ?? '']: example, gres: 'gpu:{{gpus}}' },
          script: { main_exec: 'x' },
        });
        expect(parseTemplate(text, 'a.yaml').problems, text).toEqual([]);
        expect(faults(text), text).toEqual([]);
      }
    }
  });

  test('offers words that the parser takes', () => {
    const build = (at: readonly string[], value: unknown): unknown =>
      at.reduceRight<unknown>((inner, step) => (step === '*' ? [inner] : { [step]: inner }), value);
    const enums = keys.filter(({ at, node }) => node.enum !== undefined && at[0] !== 'slurm');
    expect(enums.length).toBeGreaterThan(8);
    for (const { at, node } of enums) {
      for (const word of node.enum ?? []) {
        const text = stringify({ script: { main_exec: 'x' }, ...(build(at, word) as object) });
        const wrong = parseTemplate(text, 'a.yaml').problems.filter(
          (problem) => problem.rule === 'template-value' || problem.rule === 'template-unknown-key',
        );
        expect(wrong, text).toEqual([]);
      }
    }
  });

  test.each([
    ['template: {id: t, category: biology}\nscript: {main_exec: x}'],
    ['template: {id: t}'],
    ['template: {id: t}\nscript: {main_exec: x}\nparameters: [{name: a, type: int}]'],
  ])('refuses what the parser refuses: %s', (text) => {
    expect(parseTemplate(text, 'a.yaml').template).toBeNull();
    expect(faults(text)).not.toEqual([]);
  });
});
