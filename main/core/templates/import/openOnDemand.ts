/** A folder of Open OnDemand's job composer: `manifest.yml`, the script, and the files that travel with it. */
import { message, type Message } from '../../../../shared/messages/message.ts';
import type { ImportNote } from '../../../../shared/domain/template/studio.ts';
import { importScript, type ScriptImport } from './importScript.ts';
import { freeName, nameIt, type ImportedTemplate, type SourceFile } from './importedTemplate.ts';
import { describeByManifest } from './openComposer.ts';

const SCRIPT = /\.(?:sbatch|slurm|sh|bash|job|sub|qsub)$/i;
const base = (name: string): string => name.replace(/^.*[/\\]/, '');

/** The file that is submitted: the one that is named, else the one that looks most like it. */
export function pickScript(files: readonly SourceFile[], named: string | undefined): SourceFile | undefined {
  return (
    files.find(({ name }) => named !== undefined && (name === named || base(name) === base(named))) ??
    files.find(({ text }) => /^#SBATCH/m.test(text)) ??
    files.find(({ name }) => SCRIPT.test(name)) ??
    files.find(({ text }) => text.startsWith('#!'))
  );
}

/** Every file beside the script becomes an input file under its own name, so that the script finds it. */
export function importBeside(imported: ImportedTemplate, files: readonly SourceFile[], notes: ImportNote[]): void {
  for (const { name } of files) {
    const note = (kind: ImportNote['kind'], reason: Message): void =>
      void notes.push({ kind, what: name, file: name, line: null, reason });
    if (/^(?:readme|license|changelog)\b/i.test(base(name))) note('unsupported', message('imports.beside.forPeople'));
    else if (!/^[^\p{Cc}/\\*?[\]{}]{1,200}$/u.test(base(name))) note('unsupported', message('imports.beside.badName'));
    else if (imported.slots.some(({ pattern }) => pattern === base(name)))
      note('unsupported', message('imports.beside.sameName'));
    else {
      const slot = freeName(
        base(name).replace(/\.[^.]*$/, ''),
        [...imported.slots, ...imported.parameters].map((each) => each.name),
      );
      imported.slots.push({ name: slot, pattern: base(name), description: '' });
      note('changed', message('imports.beside.slot'));
    }
  }
}

export function importOpenOnDemand(
  imported: ImportedTemplate,
  manifest: { file: SourceFile; text: string },
  files: readonly { file: SourceFile; text: string }[],
  notes: ImportNote[],
): ScriptImport | null {
  const said = describeByManifest(imported, manifest.file, manifest.text, notes);
  const picked = pickScript(
    files.map(({ file }) => file),
    said['script'],
  );
  const script = files.find(({ file }) => file === picked);
  if (script === undefined) {
    notes.push({
      kind: 'unsupported',
      what: said['script'] ?? 'script',
      file: manifest.file.name,
      line: null,
      reason: message('imports.beside.noScript'),
    });
    return null;
  }
  const made = importScript(imported, script.file, script.text, notes);
  // the job's name in the script is that of one job, the manifest's that of the template
  if (said['name'] !== undefined) nameIt(imported, said['name']);
  importBeside(
    imported,
    files.filter((each) => each !== script).map(({ file }) => file),
    notes,
  );
  return made;
}
