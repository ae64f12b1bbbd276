import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ClusterProfile } from '../../../../shared/domain/cluster/profile.ts';
import { Draft, type DraftFile } from '../../../../shared/domain/job/draft.ts';
import { classifyFile } from '../../../../shared/domain/template/fileKind.ts';
import { matchFiles } from '../../../../shared/domain/template/fileSlots.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import { expandBraces } from '../../../../shared/lib/glob.ts';
import { createScriptMaker } from '../../scripts/scriptMaker.ts';
import { parseTemplate } from './parseTemplate.ts';

const root = path.resolve(import.meta.dirname, '../../../../templates/official');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.yaml') && !file.includes('.samples'),
);
const load = (file: string): Template => {
  const { template, problems } = parseTemplate(readFileSync(path.join(root, file), 'utf8'), file);
  expect(problems).toEqual([]);
  return template!;
};
const draftFile = (name: string, slot: string | null, i: number): DraftFile => ({
  handle: `f${String(i).padStart(16, '0')}` as DraftFile['handle'],
  name,
  size: 1,
  slot,
});
const profile = ClusterProfile.parse({
  id: 'demo',
  name: 'Demo',
  kind: 'demo',
  host: 'localhost',
  port: 22,
  user: 'me',
  auth: [{ kind: 'agent', socket: null }],
});

function draftFor(template: Template, required: boolean): Draft {
  const slots = template.files.filter((slot) => slot.required || !required);
  return Draft.parse({
    clusterId: 'demo',
    templateId: template.id,
    templateSource: 'official',
    jobName: 'try',
    parameters: {},
    resources: {},
    imagePath: template.image.mode === 'none' ? null : '/images/some.sif',
    files: slots.map((slot, i) =>
      draftFile((expandBraces(slot.pattern)[0] ?? '').replace('*', "it's mine"), slot.name, i),
    ),
  });
}

describe('official templates', () => {
  test('are the ones that were promised', () => {
    expect(files.map((file) => load(file).id).sort()).toEqual([
      'abaqus',
      'ansys-mechanical',
      'fluent',
      'gromacs',
      'hello',
      'jupyter',
      'lammps',
      'mpi',
      'namd',
      'namd-gpu',
      'openfoam',
      'python',
      'python-sweep',
      'pytorch',
      'r',
      'shell',
      'tensorflow',
    ]);
  });

  describe.each(files)('%s', (file) => {
    const template = load(file);

    test('says what it is, who made it and what each field means', () => {
      expect(path.dirname(file)).toBe(template.category);
      expect(path.basename(file)).toBe(`${template.id}.yaml`);
      for (const text of [
        template.displayName,
        template.description,
        template.version,
        template.author,
        ...template.files.map((slot) => slot.description),
      ])
        expect(text).not.toBe('');
      expect(template.tags.length).toBeGreaterThan(0);
      for (const parameter of template.parameters)
        expect(`${parameter.help}${parameter.unit ?? ''}${String(parameter.options.length || '')}`).not.toBe('');
    });

    test.each([true, false])(
      'makes a script without a problem from its defaults (required files only: %s), and shellcheck agrees',
      (required) => {
        const {
          text,
          files: generated,
          problems,
        } = createScriptMaker().make({
          template,
          draft: draftFor(template, required),
          profile,
          facts: null,
          runId: null,
        });
        expect(problems.filter((problem) => problem.severity !== 'info')).toEqual([]);
        expect(text).not.toContain('{{');
        for (const each of generated) expect(each.text).not.toContain('{{');
        execFileSync('bash', ['-n'], { input: text });
        // SC2320: the generator asks for the status of whatever a template's last command is, be it an echo
        const found = spawnSync(
          'shellcheck',
          ['--shell=bash', '--format=gcc', '--severity=warning', '--exclude=SC2320', '-'],
          { input: text, encoding: 'utf8' },
        );
        expect(found.error).toBeUndefined();
        expect(found.stdout).toBe('');
      },
    );

    test('comes with samples that fill its slots, where it comes with samples', () => {
      const folder = path.join(root, file.replace(/\.yaml$/, '.samples'));
      const names = readdirSync(path.dirname(folder)).includes(path.basename(folder)) ? readdirSync(folder) : [];
      // a case of Fluent is a binary file that only Fluent writes
      if (template.files.length > 0 && template.image.mode === 'none' && template.id !== 'fluent')
        expect(names).not.toEqual([]);
      const matched = matchFiles(
        template.files,
        names.map((name, i) => draftFile(name, null, i)),
      );
      expect(matched.filter((each) => each.slot === null)).toEqual([]);
      for (const each of matched)
        expect(classifyFile(each.name)).toBe(template.files.find((slot) => slot.name === each.slot)?.type);
      if (names.length > 0)
        for (const slot of template.files.filter((each) => each.required))
          expect(matched.some((each) => each.slot === slot.name)).toBe(true);
    });
  });
});
