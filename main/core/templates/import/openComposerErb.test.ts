import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImportReport } from '../../../../shared/domain/template/studio.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import { inWords } from '../../../../shared/messages/catalogue.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { importTemplate } from './importTemplate.ts';

const imported = (text: string): ImportReport => importTemplate([{ name: 'apps/Wind/form.yml.erb', text }]);
const templateOf = (report: ImportReport): Template => {
  const { template } = parseTemplate(report.text, 'wind.yaml');
  if (template === null) throw new Error(report.text);
  expect(spawnSync('bash', ['-n'], { input: template.script.mainExec, encoding: 'utf8' }).stderr).toBe('');
  return template;
};
const told = (report: ImportReport, kind: string): string[] =>
  report.notes
    .filter((each) => each.kind === kind)
    .map(({ line, what }) => `${String(line)} ${typeof what === 'string' ? what : inWords(what)}`);

describe('a form of Open Composer with Ruby in it', () => {
  test('is read where it stands outside of Ruby, with the lines of the file', () => {
    const report = imported(`<%
require "etc"
groups = \`id -Gn\`.split
%>
---
form:
  group:
    widget: select
    label: Group
    options:
<% groups.each do |g| -%>
      - [ <%= g %>, <%= g %> ]
<% end -%>
  cores:
    widget: number
    label: Cores (1 - <%= top %>)
    value: 4
    max: <%= top %>
	
script: |
  #!/bin/bash
  #SBATCH --account=#{group}
  #SBATCH -n #{cores}
  #SBATCH --comment=<%= site %>
  cd <%= Dir.home %>
  tunnel --user "<%= ENV['USER'] %>" -n #{cores}
`);
    const template = templateOf(report);
    expect(
      template.parameters.map(({ name, type, label, default: value, max }) => [name, type, label, value, max]),
    ).toEqual([
      ['group', 'text', 'Group', null, null],
      ['cores', 'integer', 'cores', 4, null],
    ]);
    expect(template.slurm).toEqual({ account: '{{group}}', ntasks: '{{cores}}' });
    expect(template.script.mainExec).toContain('cd ${HOME}');
    expect(template.script.mainExec).toContain('tunnel --user "${USER}" -n "${PARAM_CORES}"');
    expect(told(report, 'unsupported')).toEqual([
      '2 require "etc"',
      '3 groups = `id -Gn`.split',
      '11 groups.each do |g|',
      '12 <%= g %>',
      '12 <%= g %>',
      '16 <%= top %>',
      '18 <%= top %>',
      '24 <%= site %>',
    ]);
  });

  test('has the values that Ruby writes down: in loops, in texts, in calls named like widgets', () => {
    const report = imported(`<%
versions = %w[2.1 2.0] # the newest first
names = [["Fast", "fast", "hide-steps"], ["Exact", "exact"]]
top = 64
%>
form:
<%= site_form %>
<%= select("mode", "Mode", names, "Exact") %>
  version:
    widget: radio
    options:
<% versions.each do |v| %>
      - ["<%= v %>", "<%= v %>"]
<% end %>
  steps:
    widget: number
    label: Steps
    max: <%= top %>
    value: <%= top %>
script: |
<%= site_script %>
  tunnel-<%= versions[0] %> --version #{version} --mode #{mode} --steps #{steps}
`);
    const template = templateOf(report);
    expect(
      template.parameters.map(({ name, default: value, options, max }) => [
        name,
        value,
        options.map((option) => option.value),
        max,
      ]),
    ).toEqual([
      ['mode', 'exact', ['fast', 'exact'], null],
      ['version', '2.1', ['2.1', '2.0'], null],
      ['steps', 64, [], 64],
    ]);
    expect(template.parameters[2]?.visibleWhen).toEqual([{ field: 'mode', in: ['exact'] }]);
    expect(template.script.mainExec).toContain('tunnel-2.1 --version "${PARAM_VERSION}"');
    expect(told(report, 'unsupported')).toEqual(['7 <%= site_form %>', '21 <%= site_script %>']);
    expect(told(report, 'changed')).toContain('8 <%= select("mode", "Mode", names, "Exact") %>');
  });

  test('takes widgets that are put in as hashes, and the script from a here-document', () => {
    const report = imported(`<%
base = read_yaml(File.join(File.dirname(yml_path), '../Basic/form.yml'))
fields = {}
base['form'].each do |k, v|
  fields['mesh'] = {
    'widget' => 'path',   # on the cluster
    'label'  => 'Mesh',
    'options' => meshes.map { |m| [m, m] }
  }
  fields[k] = v
end
base['script'] = base['script'].rstrip + "\\n" + <<~'JOB'
  module load tunnel
  tunnel --mesh #{mesh} --out #{basename(result)} #{:extra}
JOB
%>
<%= base.to_yaml -%>
`);
    const template = templateOf(report);
    expect(template.parameters.map(({ name, type, required }) => [name, type, required])).toEqual([
      ['mesh', 'path', false],
      ['result', 'path', true],
      ['extra', 'text', false],
    ]);
    expect(template.modules).toEqual(['tunnel']);
    expect(template.script.mainExec).toContain('tunnel --mesh "${PARAM_MESH}" --out "$(basename -- "$PARAM_RESULT")"');
    expect(told(report, 'unsupported')[0]).toBe('null ../Basic/form.yml');
    expect(told(report, 'changed')).toEqual(['14 #{basename(result)}', '14 #{:extra}']);
    expect(told(report, 'taken')).toContain('13 module load tunnel');
  });

  test('has the first of several branches, and no directive that a choice alone would make', () => {
    const report = imported(`form:
  account:
<% if accounts.size == 1 %>
    widget: text
<% else %>
    widget: select
<% end %>
  extra: {widget: text}
script: |
  #SBATCH -A #{account}
  #{extra}
  #SBATCH -n 2
  <%= setup %>
  run "<%= mode %>"
`);
    const template = templateOf(report);
    expect(template.parameters.map(({ name, type }) => [name, type])).toEqual([
      ['account', 'text'],
      ['extra', 'text'],
    ]);
    expect(template.slurm).toEqual({ account: '{{account}}', ntasks: 2 });
    expect(template.script.mainExec).toContain('run "${OPEN_COMPOSER_VALUE:?ruby mode is not known}"');
    expect(told(report, 'unsupported')).toContain('11 #{extra}');
  });

  test.each([
    ['<% require "./site.rb" %>\n<%= everything.to_yaml %>\n'],
    ['form:\n<%= form %>\nscript: |\n<%= script %>\n'],
    ['form:\n  a: [<%= x %>\n'],
  ])('of which nothing can be read is refused with the command that makes the form: %s', (text) => {
    const error = ((): unknown => {
      try {
        return imported(text);
      } catch (reason) {
        return reason;
      }
    })();
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({
      name: 'FORM_MADE_ON_SERVER',
      hint: expect.stringContaining('“ruby misc/read_yml_erb.rb apps/Wind/form.yml.erb > form.yml”') as string,
    });
  });

  test('becomes a valid template or is refused, whatever it says', () => {
    const piece = fc.constantFrom(
      '<%',
      '<%=',
      '%>',
      '-%>',
      'form:\n',
      'script: |\n',
      '  a: {widget: text}\n',
      '  - [x, y]\n',
      'x.each do |i|',
      'end',
      '"a"',
      '[1, 2]',
      '#{a}',
      '<<~JOB\n',
      'JOB\n',
      "f['b'] = {'widget' => 'text'}",
      '\n',
      ' ',
      '{',
      '|',
      'if x',
      'else',
      'a = 1\n',
      'select("n", "N", [1])',
      '\u{e002}',
      '\u{e000}',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 40 }).map((all) => all.join('')),
        (text) => {
          try {
            expect(parseTemplate(imported(text).text, 'a.yaml').template).not.toBeNull();
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            expect(error.name).toBe('FORM_MADE_ON_SERVER');
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  test('is read in time that grows with its length', () => {
    const time = (size: number): number => {
      const text = `form:\n${'<% a.each do |i| %>\n  <%= i %>\n'.repeat(size)}script: |\n  x #{y}\n`;
      const start = performance.now();
      imported(text);
      return performance.now() - start;
    };
    time(200);
    expect(time(2000)).toBeLessThan(4 * time(1000) + 1000);
  });
});
