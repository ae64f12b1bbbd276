import { message } from '../../../../shared/messages/message.ts';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ImportReport } from '../../../../shared/domain/template/studio.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { importTemplate } from './importTemplate.ts';

type Files = Readonly<Record<string, string>>;
const SUBMIT = 'batch_connect:\n  template: basic\n';
const importOf = (files: Files): ImportReport =>
  importTemplate(
    Object.entries({ 'submit.yml.erb': SUBMIT, 'template/script.sh.erb': '#!/usr/bin/env bash\nrun\n', ...files }).map(
      ([name, text]) => ({ name: `pond/${name}`, text }),
    ),
  );
const templateOf = (report: ImportReport): Template => {
  expect(report.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const { template } = parseTemplate(report.text, 'it.yaml');
  if (template === null) throw new Error('not valid');
  return template;
};
const notesOf = (report: ImportReport, kind: string): string[] =>
  report.notes.filter((note) => note.kind === kind).map(({ what }) => (typeof what === 'string' ? what : what.id));
const FORM =
  'attributes:\n  wind:\n    widget: text_field\n  sails:\n    widget: number_field\n    value: 2\n    min: 0\n    max: 4\n  boat:\n    widget: select\n    options: [[Sloop, sloop], [Big cat, cat-big], ketch]\n  crew:\n    widget: check_box\n  bay:\n    widget: path_selector\nform: [wind, sails, boat, crew, bay]\n';
/** What the job would print; its scripts in a shell of its own. */
function run(report: ImportReport, env: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-app-'));
  try {
    return execFileSync('bash', ['--norc', '-c', templateOf(report).script.mainExec], {
      encoding: 'utf8',
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'], HOME: folder, ...env },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const runScript = (script: string, env: Readonly<Record<string, string>> = {}): string =>
  run(importOf({ 'form.yml': FORM, 'template/script.sh.erb': script }), env);

describe('the form of an interactive app', () => {
  test('is told from one of Open Composer and named by its manifest or folder', () => {
    expect(importOf({ 'form.yml': FORM }).format).toBe('batch-connect');
    expect(templateOf(importOf({ 'form.yml': FORM }))).toMatchObject({ displayName: 'pond' });
    expect(
      templateOf(
        importOf({ 'form.yml': FORM, 'manifest.yml': 'name: Pond\nrole: batch_connect\ndescription: Sails\n' }),
      ),
    ).toMatchObject({ displayName: 'Pond', description: 'Sails' });
    const alone = (text: string) => () => importTemplate([{ name: 'form.yml', text }]);
    expect(alone(FORM)).toThrow(expect.objectContaining({ name: 'IMPORT_INCOMPLETE' }) as Error);
    expect(alone('cluster: a\nform:\n  # first\n  - bc_queue\n')).toThrow('script is not among them');
  });

  test('gives its attributes to parameters, in the order of the form', () => {
    const template = templateOf(importOf({ 'form.yml': FORM }));
    expect(template.parameters.map(({ name, type, default: value }) => [name, type, value])).toEqual([
      ['wind', 'text', null],
      ['sails', 'integer', 2],
      ['boat', 'select', 'sloop'],
      ['crew', 'boolean', false],
      ['bay', 'path', null],
    ]);
    expect(template.parameters[1]).toMatchObject({ min: 0, max: 4, label: 'Sails' });
    expect(template.parameters[2]?.options).toEqual([
      { value: 'sloop', label: 'Sloop' },
      { value: 'cat-big', label: 'Big cat' },
      { value: 'ketch', label: 'ketch' },
    ]);
  });

  test('asks the cluster where Open OnDemand does, and asks of Slurm what those attributes mean', () => {
    const template = templateOf(
      importOf({
        'form.yml':
          'cluster: oak\nattributes:\n  auto_queues: { value: main }\n  bc_num_slots: 1\nform: [auto_accounts, auto_queues, auto_qos, bc_num_hours, bc_num_slots, bc_email_on_started, bc_vnc_resolution]\n',
      }),
    );
    expect(template.parameters.map(({ name, optionsFrom, default: value }) => [name, optionsFrom, value])).toEqual([
      ['auto_accounts', 'accounts', null],
      ['auto_queues', 'partitions', 'main'],
      ['auto_qos', 'qos', null],
      ['bc_num_hours', null, 1],
      ['bc_email_on_started', null, false],
      ['slurm_mail_type', null, ''],
    ]);
    expect(template.slurm).toEqual({
      account: '{{auto_accounts}}',
      partition: '{{auto_queues}}',
      qos: '{{auto_qos}}',
      time: '{{bc_num_hours}}:00:00',
      nodes: 1,
      mail_type: '{{slurm_mail_type}}',
    });
    expect(template.parameters.at(-1)?.rules).toMatchObject([{ default: 'BEGIN' }]);
  });

  test('has fields that follow others', () => {
    const template = templateOf(
      importOf({
        'form.yml':
          'cluster: [oak, elm]\nattributes:\n  kind:\n    widget: select\n    options:\n    - [Any, any, data-hide-cuda-version: true, data-max-num-cores-for-cluster-oak: 8, data-max-num-cores-for-cluster-elm: 16]\n    - [GPU, gpu, data-set-num-cores: 4, data-label-num-cores: Per GPU, data-option-for-cluster-elm: false]\n  num_cores: { widget: number_field, min: 1, max: 32, value: 1 }\n  cuda_version: { widget: text_field, value: "12" }\nform: [kind, num_cores, cuda_version]\n',
      }),
    );
    const of = (name: string) => template.parameters.find((each) => each.name === name);
    expect(of('cuda_version')?.visibleWhen).toEqual([{ field: 'kind', in: ['gpu'] }]);
    expect(of('num_cores')?.rules).toMatchObject([
      { when: [{ field: 'kind' }, { field: 'cluster' }], max: 8 },
      { max: 16 },
      { default: 4, label: 'Per GPU' },
    ]);
    expect(of('kind')?.rules).toMatchObject([{ options: [{ value: 'any' }] }]);
  });

  test('with Ruby gives what stands outside of it, and lists the rest with its lines', () => {
    const report = importOf({
      'form.yml.erb':
        '<%-\n  groups = `id`.split\n-%>\nattributes:\n  wind:\n    widget: select\n    options:\n    - [A, a]\n<%- groups.each do |g| -%>\n    - ["<%= g %>", "<%= g %>"]\n<%- end -%>\n  sails:\n    widget: text_field\n    value: "<%= ENV[\'USER\'] %>"\nform: [wind, sails]\n',
    });
    expect(
      templateOf(report).parameters.map(({ name, options, default: value }) => [name, options.length, value]),
    ).toEqual([
      ['wind', 1, 'a'],
      ['sails', 0, null],
    ]);
    expect(
      report.notes
        .filter(({ file, kind }) => file.endsWith('form.yml.erb') && kind === 'unsupported')
        .map(({ line }) => line),
    ).toEqual([2, 9, 12, 14]);
  });

  test('of fixed and hidden attributes has no fields, and their values stand in the script', () => {
    const report = importOf({
      'form.yml':
        'attributes:\n  modules: "sail/2 wind"\n  secret_depth: { widget: hidden_field, value: 7 }\n  extra: ""\nform: [modules, secret_depth, extra]\n',
      'template/script.sh.erb':
        'echo <%= context.modules %> <%= context.secret_depth %><% unless context.extra.blank? %>x<% end %>\n',
    });
    expect(templateOf(report).parameters).toEqual([]);
    expect(run(report)).toBe('sail/2 wind 7\n');
  });
});

describe('submit.yml of an interactive app', () => {
  const slurmOf = (submit: string) => templateOf(importOf({ 'form.yml': FORM, 'submit.yml.erb': submit }));

  test('gives the keys of script and the native words to slurm', () => {
    expect(
      slurmOf(
        '---\nbatch_connect:\n  template: "basic"\n  conn_params: [csrf]\nscript:\n  queue_name: "<%= wind %>"\n  wall_time: 5400\n  job_name: pond\n  email_on_started: true\n  native:\n    - "-N"\n    - "1"\n    - "--cpus-per-task=<%= sails.to_i %>"\n    - "-n 4"\n    - "--mem=<%= sails.blank? ? 1 : sails.to_i %>G"\n',
      ).slurm,
    ).toEqual({
      partition: '{{wind}}',
      time: '1:30:00',
      mail_type: 'BEGIN',
      nodes: 1,
      cpus_per_task: '{{sails}}',
      ntasks: 4,
      mem: '{{sails}}G',
    });
  });

  test('follows words that Ruby puts into a list, by a field where they follow another', () => {
    const template = slurmOf(
      '<%-\n  base = ["--nodes", "1", "--ntasks-per-node", "#{sails.to_i}"]\n  args = case boat\n    when "sloop"\n      base + ["--constraint", "small"]\n    when /cat/\n      base + ["--partition", "big"]\n    else\n      base\n    end\n-%>\n---\nscript:\n  native:\n  <%- args.each do |arg| %>\n    - "<%= arg %>"\n  <%- end %>\n',
    );
    expect(template.slurm).toEqual({
      nodes: 1,
      ntasks_per_node: '{{sails}}',
      constraint: '{{slurm_constraint}}',
      partition: '{{slurm_partition}}',
    });
    expect(template.parameters.find(({ name }) => name === 'slurm_constraint')).toMatchObject({
      default: '',
      rules: [{ when: [{ field: 'boat' }], default: 'small' }],
    });
    expect(template.parameters.find(({ name }) => name === 'slurm_partition')?.rules).toMatchObject([
      { default: 'big' },
    ]);
  });

  test('with a condition takes a count as it is, and lists what no field can say', () => {
    const report = importOf({
      'form.yml': FORM,
      'submit.yml.erb': `script:\n  native:\n<% if sails.to_i > 0 %>\n    - "--gres=gpu:<%= sails %>"\n<% end %>\n<% if crew == "1" %>\n    - "--qos=many"\n<% end %>\n<% if User.new.ok? %>\n    - "--exclusive"\n<% end %>\n    - "--mem=<%= sails.to_i * 4 %>G"\n`,
    });
    expect(templateOf(report).slurm).toEqual({ gres: 'gpu:{{sails}}', qos: '{{slurm_qos}}' });
    expect(
      report.notes
        .filter(({ kind, file }) => kind === 'unsupported' && file.endsWith('submit.yml.erb'))
        .map(({ line }) => line),
    ).toEqual([10, 12, 12]);
  });

  test('takes hours as seconds, and what is left out where the field is empty', () => {
    const template = slurmOf(
      'script:\n  wall_time: "<%= (sails.blank? ? 1 : sails.to_i) * 3600 %>"\n  native:\n<% unless wind.blank? %>\n    - "--constraint=<%= wind %>"\n<% end %>\n',
    );
    expect(template.slurm).toEqual({ time: '{{sails}}:00:00', constraint: '{{wind}}' });
  });

  test('leaves alone what to_i would make another value of', () => {
    const report = importOf({
      'form.yml':
        'attributes:\n  size: "8G"\n  room:\n    widget: select\n    options: ["4G", "8G"]\n  count:\n    widget: select\n    options: ["1", "2"]\nform: [size, room, count]\n',
      'submit.yml.erb':
        'script:\n  native:\n    - "--mem=<%= room.blank? ? 4 : room.to_i %>G"\n    - "-n"\n    - "<%= count.to_i %>"\n    - "--tmp=<%= size.to_i %>M"\n',
    });
    expect(templateOf(report).slurm).toEqual({ ntasks: '{{count}}', tmp: '8M' });
    expect(notesOf(report, 'unsupported')).toContain('--mem=…G');
  });

  test('of a desktop says that those are not supported yet', () => {
    const report = importOf({
      'form.yml': FORM,
      'submit.yml.erb': 'batch_connect:\n  template: vnc\n  websockify_cmd: /usr/bin/websockify\n',
    });
    expect(report.notes.find(({ what }) => what === 'template: vnc')?.reason).toEqual(message('batchConnect.desktops'));
    expect(notesOf(report, 'unsupported')).toContain('websockify_cmd: /usr/bin/websockify');
  });
});

describe('the scripts of an interactive app', () => {
  test('have fields as variables, quoted as their place asks', () => {
    const script = `#!/bin/bash\nX="<%= context.wind %>"\necho "$X" '<%= context.wind %>' <%= context.wind %>\n# <%= context.gone %>\ncat <<E\n<%= context.wind %>: <%= wind.strip %>\nE\nfor each in <%= context.bay %> end; do echo "[$each]"; done\n`;
    expect(runScript(script, { PARAM_WIND: `a $(touch hit) "b`, PARAM_BAY: '/a b' })).toBe(
      `a $(touch hit) "b a $(touch hit) "b a $(touch hit) "b\na $(touch hit) "b: a $(touch hit) "b\n[/a b]\n[end]\n`,
    );
    expect(runScript(script)).toContain('\n[end]\n');
  });

  test('have branches and choices on fields', () => {
    const script =
      '<%- nv = "" -%>\n<%- if context.crew == "1" && context.sails.to_i > 1 -%>\n<%- nv = " --many" -%>\necho crew\n<%- elsif !context.wind.blank? -%>\necho wind\n<%- else -%>\necho none\n<%- end -%>\n<%- case context.boat -%>\n<%- when "sloop", "ketch" -%>\necho sail\n<%- when /cat/ -%>\necho cat\n<%- end -%>\n<%- unless context.wind.empty? -%>\n<%- end -%>\necho <%= context.boat =~ /cat/ ? "two" : \'one\' %><%= nv %> <%= context.crew %><% if context.sails == 0 %> bare<% end %> "<%= context.sails.to_i * 2 %>"\n';
    expect(runScript(script, { PARAM_CREW: 'true', PARAM_SAILS: '2', PARAM_BOAT: 'cat-big' })).toBe(
      'crew\ncat\ntwo --many 1 4\n',
    );
    expect(runScript(script, { PARAM_CREW: 'false', PARAM_SAILS: '0', PARAM_WIND: 'N', PARAM_BOAT: 'ketch' })).toBe(
      'wind\nsail\none 0 bare 0\n',
    );
    expect(runScript(script, { PARAM_CREW: 'false', PARAM_BOAT: 'x' })).toBe('none\none 0 0\n');
  });

  test('have branches within here-documents that expand', () => {
    const script =
      'cat <<E\na\n<% if context.wind == "N" -%>\n"b" = \'<%= context.wind %>\' \\"\n<% if context.crew == "1" -%>\nc $HOME_PORT\n<% end -%>\n<% else -%>\nd\n<% end -%>\nE\necho "<%= context.respond_to?(\'gone\') ? context.gone : 7 %>"\n';
    expect(runScript(script, { PARAM_WIND: 'N', PARAM_CREW: 'true', HOME_PORT: '5' })).toBe(
      'a\n"b" = \'N\' \\"\nc 5\n7\n',
    );
    expect(runScript(script, { PARAM_WIND: 'S' })).toBe('a\nd\n7\n');
  });

  test('have what Ruby sets as variables, but for what a loop sets', () => {
    const script =
      '<%-\n  require "set"\n  many = context.sails.to_i > 1 && !context.wind.blank?\n  place = session.staged_root.join("logs")\n  more = "x"\n  [1, 2].each do |i|\n    if i == 1\n      more += "y"\n    end\n  end\n-%>\n<% if many -%>\necho many\n<% end -%>\necho "<%= place %>" <%= many ? 1 : 0 %>\n';
    expect(runScript(script, { PARAM_SAILS: '2', PARAM_WIND: 'N', SLIPWAY_RUN_DIR: '/run' })).toBe(
      'many\n/run/logs 1\n',
    );
    expect(runScript(script, { PARAM_SAILS: '2', SLIPWAY_RUN_DIR: '/run' })).toBe('/run/logs 0\n');
    expect(() => runScript(`${script}echo <%= more %>\n`)).toThrow('more %> is not known');
  });

  test('of one cluster keep its branches alone, within here-documents too', () => {
    const report = importOf({
      'form.yml': `cluster: oak\n${FORM}`,
      'template/script.sh.erb':
        "cat <<E\n<% if context.cluster =~ /elm|kube/ -%>\nelm\n<% else -%>\noak\n<% end -%>\nE\n<% if context.cluster == 'oak' -%>\necho here\n<% end -%>\n",
    });
    expect(run(report)).toBe('oak\nhere\n');
  });

  test.each([
    ['a value worked out', 'echo a\necho <%= Dir.home %>\necho b\n', 'a\n'],
    ['a branch', 'echo a\n<% if User.new.in?("x") %>\necho b\n<% end %>\n', 'a\n'],
    ['a loop', 'echo a\n<% [1, 2].each do |i| %>\necho <%= i %>\n<% if i == 1 %>\n<% end %>\n<% end %>\n', 'a\n'],
    ['a value where bash expands nothing', "echo a\ncat <<'E'\n<%= context.wind %>\nE\n", ''],
    ['a value of a substitution', 'echo a\nx="$(echo "<%= Dir.home %>")"\n', ''],
    ['a branch within a here-document', 'echo a\ncat <<\'E\'\n<% if context.wind == "N" %>\nb\n<% end %>\nE\n', ''],
    ['code within a line', 'echo a\necho <% foo do %> b\n', 'a\n'],
  ])('end the job at %s, and say so', (_, script, printed) => {
    const report = importOf({ 'form.yml': FORM, 'template/script.sh.erb': script });
    let said = { status: 0, stdout: '', stderr: '' };
    try {
      run(report);
    } catch (error) {
      said = error as typeof said;
    }
    expect(said.status).not.toBe(0);
    expect(said.stdout).toBe(printed);
    expect(said.stderr).toContain('is not known');
    expect(
      report.notes.some(
        ({ kind, file, line }) => kind === 'unsupported' && file.endsWith('script.sh.erb') && (line ?? 0) >= 2,
      ),
    ).toBe(true);
  });

  test('run in their order with the functions of Open OnDemand, and no password is printed', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'slipway-app-'));
    const report = importOf({
      'form.yml': FORM,
      'submit.yml.erb': 'batch_connect:\n  template: basic\n  conn_params: [depth]\n',
      'template/before.sh.erb':
        'port=$(find_port ${host})\npassword="$(create_passwd 16)"\nexport depth=7 PASSWORD="$password"\necho "before: $password"\n',
      'template/script.sh.erb': '#!/bin/bash -l\necho "script $depth ${#PASSWORD}"\nsleep 0.2\nexit 3\n',
      'template/after.sh.erb': 'echo after\nif port_used "localhost:${port}"; then echo used; fi\n',
      'template/clean.sh.erb': 'echo clean\n',
      'view.html.erb': '<form><%= password %></form>',
    });
    try {
      let said = { status: 0, stdout: '' };
      try {
        execFileSync('bash', ['--norc', '-c', templateOf(report).script.mainExec], {
          encoding: 'utf8',
          cwd: folder,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
      } catch (error) {
        said = error as typeof said;
      }
      expect(said.status).toBe(3);
      const connection = readFileSync(path.join(folder, 'connection.yml'), 'utf8');
      expect(connection).toMatch(/^host: \S+\nport: \d+\npassword: [A-Za-z0-9]{16}\ndepth: 7\n$/);
      expect(statSync(path.join(folder, 'connection.yml')).mode & 0o077).toBe(0);
      expect(said.stdout).not.toContain(/password: (\S+)/.exec(connection)?.[1] ?? 'none');
      expect(
        said.stdout
          .split('\n')
          .filter((line) => /^(?:script|after|clean)/.test(line))
          .sort(),
      ).toEqual(['after', 'clean', 'script 7 16']);
      expect(notesOf(report, 'changed')).toEqual(
        expect.arrayContaining(['echo "before: $password"', '#!/bin/bash -l', 'conn_params: depth']),
      );
      expect(notesOf(report, 'unsupported')).toContain('view.html.erb');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('of another language are handed to its interpreter', () => {
    expect(runScript('#!/usr/bin/env perl\nprint "it\'s $0\\n" if 1;\n')).toBe("it's /dev/fd/3\n");
  });

  test('make a valid template, whatever is in them', () => {
    const piece = fc.constantFrom(
      '<%',
      '<%=',
      '%>',
      '-%>',
      ' if context.wind == "N" ',
      ' unless crew ',
      ' else ',
      ' end ',
      ' elsif sails > 1 ',
      ' case boat ',
      ' when "sloop" ',
      ' x = wind ',
      ' x.each do |y| ',
      ' context.wind ',
      '"',
      "'",
      '\n',
      'echo a ',
      'cat <<E\n',
      'E\n',
      '$(',
      ')',
      '\\',
      '# ',
      '\u{e000}0\u{e001}',
      '\u{e003}1\u{e004}',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }).map((all) => all.join('')),
        (text) => {
          const report = importOf({ 'form.yml': FORM, 'template/script.sh.erb': text, 'submit.yml.erb': text });
          expect(report.problems.filter(({ severity }) => severity === 'error')).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('take time with their length alone', () => {
    const time = (count: number): number => {
      const started = performance.now();
      importOf({
        'form.yml': FORM,
        'template/script.sh.erb': 'echo "<%= context.wind %>" <% if crew == "1" %>x<% end %>\n'.repeat(count),
      });
      return performance.now() - started;
    };
    time(500);
    expect(time(4000)).toBeLessThan(12 * Math.max(time(2000), 20));
  });
});
