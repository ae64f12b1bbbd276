import { message, type Message } from '../../../../shared/messages/message.ts';
import { Document, isScalar, Scalar, visit } from 'yaml';
import { portableName } from '../../../../shared/domain/template/fileNames.ts';
import { TemplateId } from '../../../../shared/domain/ids.ts';
import { mendJobName, type OptionValue } from '../../../../shared/domain/request/options.ts';
import type { ImportNote } from '../../../../shared/domain/template/studio.ts';
import { parseTemplate } from '../format/parseTemplate.ts';

export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** A parameter as it stands in a template file. */
export interface ImportedParameter {
  name: string;
  type: string;
  [key: string]: unknown;
}

/** What an import has found so far, in the keys of a template file. */
export interface ImportedTemplate {
  id: string;
  name: string;
  displayName: string;
  description: string;
  slurm: Record<string, OptionValue>;
  modules: string[];
  parameters: ImportedParameter[];
  /** Required input files. */
  slots: { name: string; pattern: string; description: string }[];
  mainExec: string;
}

export function emptyImport(): ImportedTemplate {
  return {
    id: 'imported',
    name: 'imported',
    displayName: 'Imported',
    description: '',
    slurm: {},
    modules: [],
    parameters: [],
    slots: [],
    mainExec: '',
  };
}

/** Takes the names of a template from what a job, a form or a file is called. */
export function nameIt(imported: ImportedTemplate, called: string): void {
  const line = called
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, 200);
  const name = mendJobName(line).slice(0, 100);
  const id = name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_.-]+/g, '-')
    .replaceAll(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, '');
  if (line !== '') imported.displayName = line.replace(/\p{Cs}$/u, '');
  if (name !== '') imported.name = name;
  if (TemplateId.safeParse(id).success) imported.id = portableName(id);
}

/** A name that none of `taken` has, whatever their case: variables of the script are in capitals. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const used = new Set(taken.map((name) => name.toLowerCase()));
  const base = wanted
    .replaceAll(/[^A-Za-z0-9_]+/g, '_')
    .replace(/^[^A-Za-z]+/, '')
    .replace(/_+$/, '')
    .slice(0, 60);
  const name = base === '' ? 'value' : base;
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? name : `${name}_${String(n)}`;
    if (!used.has(candidate.toLowerCase())) return candidate;
  }
}

/** What no template file can hold: control characters and halves of characters. CRLF becomes LF, as bash needs it. */
export function readableText(file: SourceFile, notes: ImportNote[]): string {
  const note = (what: Message, reason: Message): void =>
    void notes.push({ kind: 'changed', what, file: file.name, line: null, reason });
  let { text } = file;
  if (text.startsWith('\ufeff')) {
    text = text.slice(1);
    note(message('imports.text.byteOrderMark'), message('imports.text.byteOrderMarkLeft'));
  }
  if (text.includes('\r\n')) {
    text = text.replaceAll('\r\n', '\n');
    note(message('imports.text.dosLineEnds'), message('imports.text.dosLineEndsMade'));
  }
  if (text.includes('\r') && !text.includes('\n')) {
    text = text.replaceAll('\r', '\n');
    note(message('imports.text.macLineEnds'), message('imports.text.macLineEndsMade'));
  }
  const clean = text.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]|\p{Cs}/gu, '\ufffd');
  if (clean !== text) note(message('imports.text.controlCharacters'), message('imports.text.controlCharactersLeft'));
  return clean;
}

/** The template file, with the commands byte for byte as they came. */
export function writeTemplate(imported: ImportedTemplate, from: string): string {
  const document = new Document({
    template: {
      id: imported.id,
      name: imported.name,
      display_name: imported.displayName,
      description: imported.description,
      category: 'custom',
      tags: [],
      version: '1.0.0',
      author: '',
      is_public: false,
    },
    ...(Object.keys(imported.slurm).length === 0 ? {} : { slurm: imported.slurm }),
    ...(imported.modules.length === 0 ? {} : { modules: imported.modules }),
    ...(imported.parameters.length === 0 ? {} : { parameters: imported.parameters }),
    ...(imported.slots.length === 0 ? {} : { files: { input_schema: { required: imported.slots } } }),
    script: { main_exec: imported.mainExec },
  });
  document.commentBefore = ` Imported from ${from.replaceAll(/[^\p{L}\p{N} ._-]+/gu, '-')}`;
  const text = printTemplate(document);
  if (parseTemplate(text, '').template?.script.mainExec === imported.mainExec) return text;
  // a block cannot hold every text: one of blanks alone, for example
  const script = document.getIn(['script', 'main_exec'], true);
  if (isScalar(script)) script.type = Scalar.QUOTE_DOUBLE;
  return printTemplate(document);
}

/** Without folded lines, and with quotes around what older readers of YAML would take for a number (`04:00:00`, `1e3`, `no`). */
export function printTemplate(document: Document): string {
  visit(document, {
    Scalar: (key, node) => {
      if (key === 'key' || typeof node.value !== 'string' || node.type !== undefined) return;
      if (node.value.includes('\n')) node.type = Scalar.BLOCK_LITERAL;
      else if (
        !/^[A-Za-z][A-Za-z0-9_/.-]*$/.test(node.value) ||
        /^(?:y|n|yes|no|on|off|true|false|null)$/i.test(node.value)
      )
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}
