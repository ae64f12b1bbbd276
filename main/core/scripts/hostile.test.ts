import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { planRunFiles } from '../../../shared/domain/template/fileSlots.ts';
import { createScriptMaker } from './scriptMaker.ts';
import { runScript, type ScriptRun } from './testing/runScript.ts';
import {
  sampleDraft,
  sampleFile,
  sampleParameter,
  sampleProfile,
  sampleSlot,
  sampleTemplate,
} from './testing/samples.ts';

/** Texts that have broken out of scripts before, and whatever else there is. */
const ATTACKS = [
  '$(touch pwned)',
  '`touch pwned`',
  "'; touch pwned; '",
  '"; touch pwned; "',
  '\n touch pwned \n',
  'a\n#SBATCH --wrap="touch pwned"',
  '\r\ntouch pwned\r\n',
  '\\',
  '\\\n',
  "\\'",
  '!!',
  '!$',
  '*',
  '?',
  '[a-z]*',
  '~',
  '~root',
  '-n',
  '--help',
  '-',
  '$HOME',
  '${IFS}',
  '$IFS',
  '{a,b}',
  '<(touch pwned)',
  '>pwned',
  '&& touch pwned',
  '| touch pwned',
  '\u202e)dnuora(',
  '\u2028touch pwned',
  'Größe 크기 🧪',
  '\u001b]0;x\u0007',
  "'",
  "''",
  '"',
  '$',
  '$(',
  '`',
  '#',
  ' # x',
  '\t',
  ' ',
  '',
  'EOF',
  "$'\\n'",
  '{{name}}',
  'x'.repeat(10_240),
  '0; touch pwned',
];
const hostile = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...ATTACKS) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.constantFrom(...ATTACKS.filter((text) => text.length < 40)), { maxLength: 6 })
      .map((parts) => parts.join('')),
  },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }).filter((text) => !text.includes('\0')) },
);

const PARAMETERS = ['first', 'second', 'third', 'fourth'];
const SLOTS = ['training_script', 'data'];
const template = sampleTemplate({
  parameters: PARAMETERS.map((name) => sampleParameter(name)),
  files: [
    sampleSlot('training_script', '*.slot1'),
    sampleSlot('data', '*.slot2'),
    sampleSlot('empty', '*.slot3', { required: false }),
  ],
  image: { mode: 'any', partition: null, userSelectable: true, allowedImages: [], app: null, bind: [] },
  script: { preExec: '', mainExec: 'env -0 >"$SEEN"\n: "$APPTAINER_IMAGE"', postExec: '' },
});
const maker = createScriptMaker();

/** Images of hostile names: a job looks first that its image is there. */
let images: string;
beforeAll(() => {
  images = mkdtempSync(path.join(tmpdir(), 'slipway-images-'));
});
afterAll(() => rmSync(images, { recursive: true, force: true }));

/** A file of this name, as far as a file can have it. */
function imageCalled(name: string): string {
  const file = path.join(
    images,
    `${Buffer.from(name)
      .subarray(0, 200)
      .toString()
      .replaceAll(/[/\uFFFD]/g, '_')}.sif`,
  );
  writeFileSync(file, '');
  return file;
}

interface Typed {
  parameters: string[];
  names: string[];
  image: string;
}

function make({ parameters, names, image }: Typed) {
  const draft = sampleDraft({
    parameters: Object.fromEntries(PARAMETERS.map((name, i) => [name, parameters[i] ?? ''])),
    files: names.map((name, i) => sampleFile(i, name, SLOTS[i] ?? null)),
    imagePath: image,
  });
  return { draft, ...maker.make({ template, draft, profile: sampleProfile, facts: null, runId: null }) };
}

const harmless = (): { text: string; run: ScriptRun } => {
  const { text } = make({ parameters: ['a', 'b', 'c', 'd'], names: ['a', 'b', 'c'], image: imageCalled('a') });
  return { text, run: runScript(text, { args: ['-x'] }) };
};

const directivesOf = (text: string): string[] => text.split('\n').filter((line) => line.startsWith('#SBATCH'));

describe('whatever a person types', () => {
  it('only the intended assignments happen: the same commands, the same files, the same variables, each with exactly the typed value', () => {
    const plain = harmless();
    const typed = fc.record({
      parameters: fc.array(hostile, { minLength: 4, maxLength: 4 }),
      names: fc.array(hostile, { minLength: 3, maxLength: 3 }),
      // an image must be a whole path without control characters; anything else is refused before
      image: hostile.map((text) => imageCalled(text.replaceAll(/\p{Cc}/gu, ''))),
    });
    fc.assert(
      fc.property(typed, (input) => {
        const { text, draft } = make(input);
        const run = runScript(text, { args: ['-x'] });
        expect(run.stderr).toBe('');
        expect(run.exitCode).toBe(0);

        const files = planRunFiles(template, draft.files);
        const inRunFolder = (name: string): Buffer => Buffer.from(path.posix.join(run.runFolder, name));
        const intended = new Map<string, Buffer>([
          ...PARAMETERS.map((name, i): [string, Buffer] => [
            `PARAM_${name.toUpperCase()}`,
            Buffer.from(input.parameters[i] ?? ''),
          ]),
          ...SLOTS.map((name, i): [string, Buffer] => [
            `FILE_${name.toUpperCase()}`,
            inRunFolder(files[i]?.remoteName ?? ''),
          ]),
          ...files.map((file): [string, Buffer] => [`INPUT_FILE_${file.index}`, inRunFolder(file.remoteName)]),
          ['FILE_EMPTY', Buffer.alloc(0)],
          ['APPTAINER_IMAGE', Buffer.from(input.image)],
        ]);
        for (const [name, value] of intended) expect([name, run.variables.get(name)]).toEqual([name, value]);
        expect([...run.variables.keys()].sort()).toEqual([...plain.run.variables.keys()].sort());

        expect(run.commands).toEqual(plain.run.commands);
        const links = files.flatMap((file) => (file.linkName === null ? [] : [`run/${file.linkName}`]));
        expect(run.files).toEqual([...plain.run.files.filter((name) => !name.includes('.slot')), ...links].sort());
        expect(directivesOf(text)).toEqual(directivesOf(plain.text));
        expect(text).not.toContain('\r\n');
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  it('the proof can fail: the same texts pasted into a command do run', () => {
    const { text } = make({ parameters: ['a', 'b', 'c', 'd'], names: ['a', 'b', 'c'], image: imageCalled('a') });
    const run = runScript(text.replace('export PARAM_FIRST=a', 'export PARAM_FIRST=$(touch pwned)'), { args: ['-x'] });
    expect(run.files).toContain('run/pwned');
    expect(run.commands).not.toEqual(harmless().run.commands);
  });

  it('a job name or a resource is either understood or named as a problem, and never becomes another line', () => {
    const keys = ['partition', 'time', 'mem', 'gres', 'constraint', 'comment', 'nodes', 'array', 'site_option'];
    fc.assert(
      fc.property(
        hostile,
        fc.record(Object.fromEntries(keys.map((key) => [key, hostile]))),
        hostile,
        (jobName, resources, odd) => {
          const draft = sampleDraft({ jobName, resources: { ...resources, [odd]: odd }, imagePath: '/images/a.sif' });
          const { text, problems, spans } = maker.make({
            template,
            draft,
            profile: sampleProfile,
            facts: null,
            runId: null,
          });
          const lines = text.split('\n');
          const end = lines.indexOf('');
          expect(
            lines
              .slice(1, end)
              .every((line) => /^#SBATCH --[a-z][a-z0-9-]*(?:=[^\s'"\\#$`;<>\p{Cc}\p{Cf}]+)?$/u.test(line)),
          ).toBe(true);
          expect(lines.slice(end).some((line) => line.startsWith('#SBATCH'))).toBe(false);
          for (const [key, value] of Object.entries(resources)) {
            const field = `resources.${key}`;
            expect([
              key,
              value,
              value.trim() === '' ||
                spans.some((span) => span.field === field) ||
                problems.some((found) => found.field === field),
            ]).toEqual([key, value, true]);
          }
          expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
        },
      ),
      { numRuns: 60 },
    );
  }, 120_000);
});
