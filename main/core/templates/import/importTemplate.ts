import { message } from '../../../../shared/messages/message.ts';
import type { ImportNote, ImportReport } from '../../../../shared/domain/template/studio.ts';
import { parseTemplate } from '../format/parseTemplate.ts';
import { importBatchConnect, isBatchConnect } from './batchConnect.ts';
import { emptyImport, nameIt, readableText, writeTemplate, type SourceFile } from './importedTemplate.ts';
import { importScript, type ScriptImport } from './importScript.ts';
import { flatRecords, importFlat } from './flatTemplate.ts';
import { findOffers } from './offers.ts';
import { describeByManifest, importOpenComposer } from './openComposer.ts';
import { importBeside, importOpenOnDemand, pickScript } from './openOnDemand.ts';

const base = (name: string): string => name.replace(/^.*[/\\]/, '');
const named = (files: readonly SourceFile[], pattern: RegExp): SourceFile | undefined =>
  files.find(({ name }) => pattern.test(base(name)));

/**
 * Makes a template file out of what people have: a Slipway template, a batch script, an Open Composer form with its manifest, a
 * folder of Open OnDemand's job composer, an interactive app of it (Batch Connect), flat records of a site's database. The text is a valid template (unless it is a Slipway template that is not); the notes name
 * every directive, key and widget and what became of it. Pure.
 * @throws FORM_MADE_ON_SERVER (1012) for a form of which nothing can be read without running its Ruby; IMPORT_INCOMPLETE (1013) where what a job
 * would run is not among the files of an app.
 */
export function importTemplate(files: readonly SourceFile[]): ImportReport {
  const flat = files.flatMap((file) => {
    const records = flatRecords(file);
    return records === null ? [] : [{ file, records }];
  });
  if (flat.length > 0 && flat.length === files.length) return importFlat(flat);

  const form = named(files, /^form\.ya?ml(?:\.erb)?$/i);
  const manifest = named(files, /^manifest\.ya?ml(?:\.erb)?$/i);
  const [only] = files;
  if (form === undefined && manifest === undefined && only !== undefined && files.length === 1 && isTemplate(only)) {
    const { problems } = parseTemplate(only.text, only.name);
    return {
      format: 'slipway',
      text: only.text,
      notes: [
        { kind: 'taken', what: only.name, file: only.name, line: null, reason: message('imports.alreadySlipway') },
      ],
      offers: [],
      problems,
    };
  }

  const notes: ImportNote[] = [];
  const imported = emptyImport();
  const texts = new Map(files.map((file) => [file, readableText(file, notes)]));
  const textOf = (file: SourceFile): string => texts.get(file) ?? '';
  const others = (...taken: (SourceFile | undefined)[]): SourceFile[] => files.filter((file) => !taken.includes(file));
  let made: ScriptImport | null;
  let format: ImportReport['format'];
  let from: string;
  if (isBatchConnect(files)) {
    [format, from] = ['batch-connect', form?.name ?? 'submit.yml'];
    nameIt(imported, /([^/\\]+)[/\\][^/\\]+$/.exec(form?.name ?? '')?.[1] ?? 'Open OnDemand app');
    made = null;
    if (manifest !== undefined) describeByManifest(imported, manifest, textOf(manifest), notes);
    const looked = importBatchConnect(imported, others(manifest), textOf, notes);
    importBeside(imported, others(manifest, ...looked), notes);
  } else if (form !== undefined) {
    [format, from] = ['open-composer', form.name];
    nameIt(imported, /([^/\\]+)[/\\][^/\\]+$/.exec(form.name)?.[1] ?? 'Open Composer form');
    made = importOpenComposer(imported, form, textOf(form), notes);
    if (manifest !== undefined) describeByManifest(imported, manifest, textOf(manifest), notes);
    for (const file of others(form, manifest))
      notes.push({
        kind: 'unsupported',
        what: file.name,
        file: file.name,
        line: null,
        reason: message('imports.notOfForm'),
      });
  } else if (manifest !== undefined) {
    [format, from] = ['open-ondemand', manifest.name];
    made = importOpenOnDemand(
      imported,
      { file: manifest, text: textOf(manifest) },
      others(manifest).map((file) => ({ file, text: textOf(file) })),
      notes,
    );
  } else {
    const script = pickScript(files, undefined) ?? files[0];
    [format, from] = ['sbatch', script?.name ?? 'script'];
    nameIt(imported, base(from).replace(/\.[A-Za-z]+$/, ''));
    made = script === undefined ? null : importScript(imported, script, textOf(script), notes);
    importBeside(imported, others(script), notes);
  }
  if (imported.mainExec.trim() === '') imported.mainExec = 'true\n';
  const text = writeTemplate(imported, base(from));
  const taken = [...imported.parameters, ...imported.slots].map(({ name }) => name);
  return {
    format,
    text,
    notes: inOrder(notes, files),
    offers:
      made === null || format === 'open-composer'
        ? []
        : findOffers(
            imported.mainExec,
            made.sourceLines,
            taken,
            imported.slots.map(({ pattern }) => pattern),
          ),
    problems: parseTemplate(text, `${imported.id}.yaml`).problems,
  };
}

/** By file and line; what is about a whole file first. */
function inOrder(notes: readonly ImportNote[], files: readonly SourceFile[]): ImportNote[] {
  const order = files.map(({ name }) => name);
  return [...notes].sort((a, b) => order.indexOf(a.file) - order.indexOf(b.file) || (a.line ?? 0) - (b.line ?? 0));
}

/** A YAML file that begins with the keys of one of ours. */
function isTemplate({ name, text }: SourceFile): boolean {
  return (
    /^template\s*:/m.test(text) &&
    (/\.ya?ml$/i.test(name) || /^(?:script|slurm)\s*:/m.test(text)) &&
    !text.startsWith('#!')
  );
}
