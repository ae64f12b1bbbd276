import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { expandBraces } from '../../../shared/lib/glob.ts';
import type { Parameter, ParameterValue, Template } from '../../../shared/domain/template/schema.ts';
import { parseTemplate } from '../templates/format/parseTemplate.ts';
import { createScriptMaker } from './scriptMaker.ts';
import { sampleDraft, sampleFile, sampleProfile } from './testing/samples.ts';

const root = path.resolve(import.meta.dirname, '../../../templates/official');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.ya?ml$/.test(name) && path.dirname(name).split(path.sep).length === 1)
  .sort();
const shellcheck = spawnSync('shellcheck', ['--version']).status === 0;

function load(name: string): Template {
  const { template, problems } = parseTemplate(readFileSync(path.join(root, name), 'utf8'), path.basename(name));
  if (template === null) throw new Error(`${name}: ${problems.map((found) => found.rule).join('; ')}`);
  return template;
}

/** What a person might give where the template leaves it to them. */
const ANSWERS: Readonly<Record<Parameter['type'], ParameterValue>> = {
  text: 'x',
  integer: 1,
  number: 1,
  boolean: true,
  select: '',
  multiselect: [],
  duration: '01:00:00',
  memory: '1G',
  path: '/data/my file',
  file: 'input.dat',
};

/** A script with a file of an awkward name in every slot, an image, and something in every parameter that has no default. */
function scriptOf(template: Template) {
  const draft = sampleDraft({
    imagePath:
      template.image.mode === 'none' ? null : `/opt/apptainers/${template.image.allowedImages[0] ?? 'any.sif'}`,
    parameters: Object.fromEntries(
      template.parameters.flatMap(({ name, type, options, default: given }) =>
        given === null ? [[name, options[0]?.value ?? ANSWERS[type]]] : [],
      ),
    ),
    files: template.files.map((slot, i) =>
      sampleFile(i, (expandBraces(slot.pattern)[0] ?? slot.name).replaceAll('*', `it's mine`), slot.name),
    ),
  });
  return createScriptMaker().make({ template, draft, profile: sampleProfile, facts: null, runId: null });
}

describe('official templates', () => {
  it('are there', () => {
    expect(files.length).toBeGreaterThan(0);
  });

  it.each(files)(
    '%s makes a script that bash reads and shellcheck does not warn of, with a price and nothing in its way',
    (name) => {
      const { text, problems, cost } = scriptOf(load(name));
      expect(problems.filter((found) => found.severity !== 'info')).toEqual([]);
      expect(cost?.total).toBeGreaterThan(0);
      expect(spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
      // SC2320: the status of main is wanted, whatever its last command is
      if (shellcheck)
        expect(
          spawnSync('shellcheck', ['--shell=bash', '--severity=warning', '--exclude=SC2320', '-'], {
            input: text,
            encoding: 'utf8',
          }).stdout,
        ).toBe('');
    },
  );
});
