import { message } from '../../../../shared/messages/message.ts';
import { MAX_TEXT } from '../../../../shared/domain/bounds/limits.ts';
import { placeholderNames } from '../../../../shared/domain/template/parameters.ts';
import { remoteNameOf } from '../../../../shared/domain/template/fileSlots.ts';
import { TemplateId } from '../../../../shared/domain/ids.ts';
import type { Problem } from '../../../../shared/domain/problem/schema.ts';
import { TEMPLATE_CATEGORIES, type GeneratedFile, type Template } from '../../../../shared/domain/template/schema.ts';
import { formatBytes } from '../../../../shared/lib/bytes.ts';
import { crossCheck } from './crossChecks.ts';
import { readFileSlots } from './readFileSlots.ts';
import { readImageRule } from './readImageRule.ts';
import { readParameters } from './readParameters.ts';
import { readSlurm } from './readSlurm.ts';
import { Report, Section } from './section.ts';
import { readYamlTree, type YamlMap } from '../../text/yamlTree.ts';

/** A template with a megabyte of scripts is no template. */
export const MAX_TEMPLATE_BYTES = MAX_TEXT;

/**
 * Reads the text of a template file. `template` is null exactly when a problem of severity `error` is among the problems;
 * warnings name what has no effect. Every problem has file, line, column, key (`field`), what was expected and what was found.
 * Pure; never throws; bounded time for any text.
 */
export function parseTemplate(text: string, fileName: string): { template: Template | null; problems: Problem[] } {
  const report = new Report(fileName);
  const template = read(text, report);
  return { template: report.failed ? null : template, problems: report.problems };
}

const START = { line: 1, column: 1 };

function read(text: string, report: Report): Template | null {
  // A character takes at least one byte, so a long text need not be encoded to be refused.
  if (text.length > MAX_TEMPLATE_BYTES || Buffer.byteLength(text) > MAX_TEMPLATE_BYTES) {
    report.error('too-large', null, START, message('format.tooLarge', { most: formatBytes(MAX_TEMPLATE_BYTES) }));
    return null;
  }
  const { tree, faults } = readYamlTree(text);
  for (const fault of faults) report.error(fault.rule, null, fault, fault.message);
  if (tree === null) return null;
  if (tree.kind !== 'map') {
    report.error('value', null, tree.at, message('format.notAMap'));
    return null;
  }
  const template = readTemplate(tree, report);
  crossCheck(template, tree, text, report);
  return template;
}

function readTemplate(map: YamlMap, report: Report): Template {
  const root = new Section(map, '', report);
  root.require('template', message('format.a.about'));
  root.require('script', message('format.a.script'));
  const about = readAbout(
    root.section('template') ?? new Section({ kind: 'map', entries: new Map(), at: map.at }, 'template', report),
    root.entry('template') !== null,
  );
  const { parameters, fileParameters } = readParameters(root);
  const names = new Set(parameters.map((p) => p.name));
  const { slurm, slurmRules } = readSlurm(root, names);
  const { slots, outputPattern } = readFileSlots(root, fileParameters);
  const template: Template = {
    ...about,
    slurm,
    ...(slurmRules.length === 0 ? {} : { slurmRules }),
    image: readImageRule(root, slurm.partition),
    modules: readModules(root, names),
    parameters,
    files: slots,
    generatedFiles: readGeneratedFiles(root, names),
    outputPattern,
    script: readScript(root, names),
    validation: readValidation(root),
  };
  root.end();
  return template;
}

function readAbout(
  section: Section,
  present: boolean,
): Pick<
  Template,
  'id' | 'name' | 'displayName' | 'description' | 'category' | 'tags' | 'version' | 'author' | 'isPublic'
> {
  if (present) section.require('id', message('format.a.id'));
  const id = section.text('id', '', {
    expected: message('format.a.wholeId'),
    test: (value) => TemplateId.safeParse(value).success,
  });
  const line = {
    expected: message('format.a.line'),
    test: (value: string) => value.length <= 200 && !value.trim().includes('\n'),
  };
  const name = section.text('name', id, line).trim();
  const about = {
    id,
    name,
    displayName: section.text('display_name', name, line).trim(),
    description: section.text('description', '').trim(),
    category: section.choice('category', TEMPLATE_CATEGORIES, 'custom'),
    tags: section.texts('tags', line),
    version: section.text('version', '', line),
    author: section.text('author', '', line),
    isPublic: section.flag('is_public', true),
  };
  if (present) section.end();
  return about;
}

/** The run folder's own name rules apply: what a generated file is called in the template is what it is called there. */
function readGeneratedFiles(root: Section, parameters: ReadonlySet<string>): GeneratedFile[] {
  const seen = new Set<string>();
  return root.sections('generated_files').flatMap((section) => {
    section.require('name', message('format.a.fileName'));
    section.require('content', message('format.a.fileText'));
    const name = section.text('name', '', {
      expected: message('format.a.plainFileName'),
      test: (value) => remoteNameOf(value) === value,
    });
    const content = section.text('content', '');
    const entry = section.entry('content');
    if (entry !== null) checkPlaceholders(section, 'content', content, parameters);
    if (name !== '' && seen.has(name.toLowerCase()))
      section.report.error(
        'duplicate-name',
        section.key('name'),
        section.map.at,
        message('format.duplicateGenerated', { name }),
      );
    seen.add(name.toLowerCase());
    section.end();
    return name === '' ? [] : [{ name, content }];
  });
}

/** Names of modules, or `{{parameter}}`s that hold some: what a program's module is called differs from site to site. */
function readModules(root: Section, parameters: ReadonlySet<string>): string[] {
  return root.texts('modules', {
    expected: message('format.a.module', { placeholder: '{{parameter}}' }),
    test: (value) => {
      const names = placeholderNames(value);
      return names.length > 0
        ? names.every((name) => parameters.has(name))
        : /^[A-Za-z0-9][A-Za-z0-9_.+/@=:-]{0,127}$/.test(value);
    },
  });
}

/** Every `{{name}}` must be a parameter. */
function checkPlaceholders(section: Section, key: string, text: string, parameters: ReadonlySet<string>): void {
  const at = section.entry(key)?.value.at ?? section.map.at;
  for (const name of placeholderNames(text)) {
    if (!parameters.has(name))
      section.report.error(
        'placeholder',
        section.key(key),
        at,
        message('format.noParameter', { name: `{{${name.slice(0, 80)}}}` }),
      );
  }
}

function readScript(root: Section, parameters: ReadonlySet<string>): Template['script'] {
  const section = root.section('script');
  if (section === null) return { preExec: '', mainExec: '', postExec: '' };
  section.require('main_exec', message('format.a.commands'));
  const body = (key: string): string => {
    const text = section.text(key, '');
    const pasted = placeholderNames(text).find((name) => parameters.has(name));
    const entry = section.entry(key);
    if (pasted !== undefined && entry !== null) {
      section.report.warn(
        'placeholder-in-script',
        section.key(key),
        entry.value.at,
        message('format.notReplaced', { name: `{{${pasted}}}` }),
        message('format.useVariable', { variable: `PARAM_${pasted.toUpperCase()}` }),
      );
    }
    return text;
  };
  const script: Template['script'] = {
    preExec: body('pre_exec'),
    mainExec: body('main_exec'),
    postExec: body('post_exec'),
  };
  const finallyExec = body('finally_exec');
  if (finallyExec.trim() !== '') script.finallyExec = finallyExec;
  const onSignal = body('on_signal');
  if (onSignal.trim() !== '') script.onSignal = onSignal;
  section.end();
  return script;
}

function readValidation(root: Section): Template['validation'] {
  const section = root.section('validation');
  const validation = { preSubmit: section?.texts('pre_submit') ?? [], postSubmit: section?.texts('post_submit') ?? [] };
  section?.end();
  return validation;
}
