import { inEnglish } from '../../../shared/domain/problem/testing/inEnglish.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Draft, HandEdit } from '../../../shared/domain/job/draft.ts';
import { RunId } from '../../../shared/domain/ids.ts';
import type { ScriptPreview } from '../../../shared/domain/job/script.ts';
import type { Template } from '../../../shared/domain/template/schema.ts';
import { findKept, withKept } from './keptLines.ts';
import { createScriptMaker } from './scriptMaker.ts';
import type { KeptLines } from './scriptText.ts';
import { runScript } from './testing/runScript.ts';
import { sampleDraft, sampleParameter, sampleProfile, sampleTemplate } from './testing/samples.ts';

const maker = createScriptMaker(() => 0);
const template: Partial<Template> = {
  slurm: { partition: 'normal', nodes: 1, mem: '2G', time: '02:00:00' },
  parameters: [sampleParameter('epochs', { type: 'integer', default: 3 })],
  generatedFiles: [{ name: 'run.conf', content: 'epochs {{epochs}}\nseed 1\n' }],
  script: { preExec: '', mainExec: 'echo "epochs $PARAM_EPOCHS"\n', postExec: '' },
};
const make = (draft: Partial<Draft> = {}, runId: RunId | null = null) => {
  const { problems, ...preview } = maker.make({
    template: sampleTemplate(template),
    draft: sampleDraft(draft),
    profile: sampleProfile,
    facts: null,
    runId,
  });
  return { ...preview, problems: inEnglish(problems) };
};
type Made = ReturnType<typeof make>;
type Shown = Omit<ScriptPreview, 'problems'>;

const base = make().text;
/** The script with an edit that was made before anything in the form was changed. */
const edited = (change: (script: string) => string, draft: Partial<Draft> = {}, runId: RunId | null = null): Made =>
  make({ ...draft, edits: [{ file: null, base, mine: change(base) }] }, runId);
const rulesOf = ({ problems }: { readonly problems: readonly { severity: string; rule: string }[] }): string[] =>
  problems.filter(({ severity }) => severity === 'error').map(({ rule }) => rule);
const linesOfField = ({ text, spans }: Shown, field: string): string[] =>
  spans.filter((span) => span.field === field).flatMap(({ from, to }) => text.split('\n').slice(from - 1, to));

const greet = (script: string): string => script.replace('echo "epochs', 'echo "by hand"\necho "epochs');

describe('a script that was edited by hand', () => {
  it('is the edited one, and says so; unedited it is as it was', () => {
    const preview = edited(greet);
    expect(preview.text).toBe(greet(base));
    expect(preview.edited).toEqual([{ file: null, generated: base, pieces: [] }]);
    expect(rulesOf(preview)).toEqual([]);
    expect(make().edited).toBeUndefined();
  });

  it('says which lines are Slipway’s own, also after lines were added above and between them', () => {
    const foldsOf = ({ text, folds }: Shown): string[] =>
      folds.map(
        ({ kind, from, to }) =>
          `${kind}: ${text
            .split('\n')
            .slice(from - 1, to)
            .join('\n')}`,
      );
    const [fold] = foldsOf(make());
    expect(fold?.split('\n')[0]).toBe('run-protocol: # --- Run protocol ---');
    expect(fold).toContain('slipway_progress()');
    expect(fold?.split('\n').at(-1)).toBe('cd "$SLIPWAY_RUN_DIR" || exit 1');
    expect(foldsOf(edited((script) => script.replace('\n\n#', '\n# mine\n\n#')))).toEqual([fold]);
    const parted = edited((script) => script.replace('\nunset SBATCH', '\necho mine\nunset SBATCH'));
    expect(foldsOf(parted)).toHaveLength(2);
    expect(foldsOf(parted).join('\n')).not.toContain('echo mine');
  });

  it('takes in what changes in the form later, also in the line beside', () => {
    const preview = edited((script) => script.replace('--mem=2G', '--mem=9G'), {
      jobName: 'other',
      resources: { time: '05:00:00' },
      parameters: { epochs: 30 },
    });
    expect(rulesOf(preview)).toEqual([]);
    for (const line of [
      '#SBATCH --job-name=other',
      '#SBATCH --mem=9G',
      '#SBATCH --time=05:00:00',
      'export PARAM_EPOCHS=30',
    ])
      expect(preview.text.split('\n')).toContain(line);
  });

  it('waits where the form changes the line that was edited, and shows both', () => {
    const preview = edited((script) => script.replace('--time=02:00:00', '--time=03:00:00'), {
      resources: { time: '05:00:00' },
    });
    expect(rulesOf(preview)).toEqual(['edit-conflict']);
    expect(preview.edited?.[0]?.pieces.filter(({ kind }) => kind === 'conflict')).toEqual([
      { kind: 'conflict', mine: ['#SBATCH --time=03:00:00'], form: ['#SBATCH --time=05:00:00'] },
    ]);
    // set back in the form, there is nothing to decide any more
    expect(rulesOf(edited((script) => script.replace('--time=02:00:00', '--time=03:00:00')))).toEqual([]);
  });

  it('still leads from fields to their lines, and from lines that were written by hand to none', () => {
    const preview = edited((script) =>
      script
        .replace('#SBATCH --partition', '#SBATCH --comment=mine\n#SBATCH --partition')
        .replace('--mem=2G', '--mem=9G'),
    );
    expect(linesOfField(preview, 'resources.time')).toEqual(['#SBATCH --time=02:00:00']);
    expect(linesOfField(preview, 'parameters.epochs')).toEqual(['export PARAM_EPOCHS=3']);
    expect(linesOfField(preview, 'resources.mem')).toEqual([]);
    const byHand = preview.text.split('\n').indexOf('#SBATCH --comment=mine') + 1;
    expect(preview.spans.filter(({ from, to }) => from <= byHand && byHand <= to)).toEqual([]);
  });

  it('is checked and priced for what its own #SBATCH lines ask, on those lines', () => {
    const without = edited((script) => script.replace('#SBATCH --time=02:00:00\n', ''));
    expect(without.cost).toBeNull();
    const preview = edited((script) => script.replace('--time=02:00:00', '--time=soon'));
    const line = preview.text.split('\n').indexOf('#SBATCH --time=soon') + 1;
    expect(preview.problems).toContainEqual(
      expect.objectContaining({ rule: 'hand-directive-invalid', field: 'script', line }),
    );
  });

  it('says at the field where it asks for something else than the form, shows both, and offers to take it', () => {
    const notes = (preview: Made) =>
      preview.problems
        .filter(({ rule }) => rule === 'hand-value')
        .map(({ field, message, fix, severity }) => [severity, field, message, fix?.label, fix?.value]);
    const changed = (script: string): string =>
      script.replace('--time=02:00:00', '--time=7').replace('--mem=2G', '--mem=1536M');
    expect(notes(edited(changed))).toEqual([
      [
        'info',
        'resources.mem',
        'Memory per node was changed by hand in the script: 1.5 GiB there, 2 GiB here.',
        'Take 1.5 GiB',
        '1536M',
      ],
      [
        'info',
        'resources.time',
        'Time limit was changed by hand in the script: 7 min there, 2 h here.',
        'Take 7 min',
        '7',
      ],
    ]);
    // taken: nothing is left to decide or to say
    const taken = edited(changed, { resources: { time: '7', mem: '1536M' } });
    expect(notes(taken)).toEqual([]);
    expect(rulesOf(taken)).toEqual([]);
    expect(taken.text.match(/--time/g)).toHaveLength(1);
    // the same in other words is no difference
    expect(
      notes(edited((script) => script.replace('--time=02:00:00', '-t 120').replace('--mem=2G', '--mem=2048M'))),
    ).toEqual([]);
  });

  it('says so at a parameter too', () => {
    const notes = (preview: Made) =>
      preview.problems
        .filter(({ rule }) => rule === 'hand-value')
        .map(({ field, message, fix }) => [field, message, fix?.value]);
    const nine = (script: string): string => script.replace('PARAM_EPOCHS=3', 'PARAM_EPOCHS=9');
    expect(notes(edited(nine))).toEqual([
      ['parameters.epochs', 'epochs was changed by hand in the script: 9 there, 3 here.', 9],
    ]);
    expect(notes(edited(nine, { parameters: { epochs: 9 } }))).toEqual([]);
    expect(notes(edited((script) => script.replace('PARAM_EPOCHS=3', 'PARAM_EPOCHS=many')))).toEqual([
      ['parameters.epochs', 'epochs was changed by hand in the script: many there, 3 here.', undefined],
    ]);
    expect(notes(edited((script) => script.replace('PARAM_EPOCHS=3', 'PARAM_EPOCHS=$(nproc)')))).toEqual([]);
  });

  it('says at the field what was taken out of the script, or stands in it alone', () => {
    const notes = (preview: Made) =>
      preview.problems
        .filter(({ rule }) => rule === 'hand-value')
        .map(({ field, message, fix }) => [field, message, fix?.value]);
    const without = (script: string): string => script.replace('#SBATCH --time=02:00:00\n', '');
    expect(notes(edited(without))).toEqual([
      ['resources.time', 'Time limit was taken out of the script by hand; 2 h here.', ''],
    ]);
    expect(notes(edited(without, { resources: { time: '' } }))).toEqual([]);
    expect(notes(edited((script) => script.replace('#SBATCH --mem', '#SBATCH --qos=high\n#SBATCH --mem')))).toEqual([
      ['resources.qos', 'QOS is set by hand in the script: high. The form does not set it.', undefined],
    ]);
  });

  it('marks a value that cannot be used at its line and at its field, and puts the form’s back with one click', () => {
    const forever = edited((script) => script.replace('--time=02:00:00', '--time=forever'));
    const said = forever.problems.filter(({ rule }) => rule.startsWith('hand-'));
    expect(said).toMatchObject([
      {
        rule: 'hand-directive-invalid',
        severity: 'error',
        field: 'script',
        alsoAt: 'resources.time',
        fix: { label: 'Put 2 h back', field: 'script', value: base },
      },
    ]);
    expect(forever.text.split('\n')[(said[0]?.line ?? 0) - 1]).toBe('#SBATCH --time=forever');
    // it is not said that there is no time, nor what another time would cost
    expect(forever.problems.filter(({ field, alsoAt }) => (alsoAt ?? field) === 'resources.time')).toHaveLength(1);
    expect(forever.cost).toBeNull();
    // a line that asks for more is left to the person
    expect(edited((script) => script.replace('--time=02:00:00', '--time=forever --qos=high')).problems).toContainEqual(
      expect.objectContaining({ rule: 'hand-directive-invalid', alsoAt: 'resources.time', fix: null }),
    );
  });

  it('is submitted under its run id', () => {
    const runId = RunId.parse('r0123456789ab');
    const { text } = edited(greet, {}, runId);
    expect(text).toBe(greet(base).replace('PREVIEW', runId));
  });

  it('holds nothing that bash cannot read', () => {
    expect(rulesOf(edited((script) => script.replace('echo "epochs', 'echo \0"epochs')))).toEqual(['hand-characters']);
  });

  it.each([
    ['options that cannot be used', '#SBATCH --time=soon\n'],
    ['options of ours', '#SBATCH --output=x\n'],
    ['options that no sbatch knows', '#SBATCH --nothing-of-it=1\n'],
    ['words that are no option', '#SBATCH ][\n'],
    ['directives of another scheduler', '#PBS -q x\n'],
    ['empty lines', '\n'],
  ])('tells the first faults of half a megabyte of %s, and how many more there are', (_, line) => {
    const preview = edited((script) =>
      script.replace('#SBATCH --partition', `${line.repeat(Math.floor(500_000 / line.length))}#SBATCH --partition`),
    );
    expect(preview.problems.length).toBeLessThan(150);
    expect(JSON.stringify(preview.problems).length).toBeLessThan(8_000_000);
    if (line.startsWith('#SBATCH --time')) expect(rulesOf(preview)).toContain('hand-faults-more');
  });

  it('puts its kept lines back into a text of more lines than a call may have arguments', () => {
    const preview = edited(() => 'true\n'.repeat(200_000));
    const restored = preview.problems.find(({ rule }) => rule === 'hand-protocol-missing')?.fix?.value;
    expect(
      String(restored)
        .split('\n')
        .filter((line) => line === 'true'),
    ).toHaveLength(200_000);
  });

  it('runs as it was edited', () => {
    expect(runScript(edited(greet).text).stdout).toContain('by hand\nepochs 3\n');
  });
});

describe('what Slipway needs in a script', () => {
  const removals: [string, (script: string) => string][] = [
    ['the first line', (script) => script.replace('#!/bin/bash\n', '')],
    ['the name of the job', (script) => script.replace('#SBATCH --job-name=sample\n', '')],
    ['where the output goes', (script) => script.replace('--output=slurm-%j.out', '--output=mine.out')],
    ['the run id', (script) => script.replace('export SLIPWAY_RUN_ID=PREVIEW', 'export SLIPWAY_RUN_ID=other')],
    ['the claim of the run', (script) => script.replace(/ {2}slipway_claim=.*\n/, '')],
    ['everything', () => 'echo all my own\n'],
  ];
  it.each(removals)('is missed when it was removed, and put back with one click: %s', (_what, change) => {
    const preview = edited(change);
    expect(rulesOf(preview)).toContain('hand-protocol-missing');
    const fix = preview.problems.find(({ rule }) => rule === 'hand-protocol-missing')?.fix;
    const mended = make({ edits: [{ file: null, base, mine: String(fix?.value) }] });
    expect(rulesOf(mended)).not.toContain('hand-protocol-missing');
    for (const line of change(base).split('\n')) expect(mended.text.split('\n')).toContain(line);
  });

  it('is put back without losing a line of a person’s, whatever they wrote', () => {
    const line = fc.constantFrom('', 'a', 'b', 'kept 1', 'kept 2', 'kept 3', 'kept 4', 'by hand 1', 'by hand 2');
    const generated = ['kept 1', 'a', 'kept 2', '', 'b', 'kept 3', 'kept 4', 'a', ''];
    const kept: KeptLines[] = [
      { from: 0, to: 1 },
      { from: 2, to: 3 },
      { from: 5, to: 7 },
    ];
    fc.assert(
      fc.property(fc.array(line, { maxLength: 14 }), (text) => {
        const mended = withKept(generated, kept, text);
        expect(findKept(generated, kept, mended)).toHaveProperty('starts');
        for (const each of new Set(text))
          expect(mended.filter((one) => one === each).length).toBeGreaterThanOrEqual(
            text.filter((one) => one === each).length,
          );
      }),
      { numRuns: 3000 },
    );
  });

  it('is not set a second time by hand', () => {
    expect(
      rulesOf(
        edited((script) =>
          script.replace('#SBATCH --open-mode=append\n', '#SBATCH --open-mode=append\n#SBATCH -o mine.out -D /tmp\n'),
        ),
      ),
    ).toEqual(['hand-directive-ours', 'hand-directive-ours']);
    expect(
      rulesOf(
        edited((script) =>
          script.replace('#SBATCH --open-mode=append\n', '#SBATCH --open-mode=append\n#SBATCH hetjob\n'),
        ),
      ),
    ).toEqual(['hand-directive-hetjob']);
  });

  it('is not set by hand in any spelling that sbatch understands', () => {
    const withLines = (...lines: string[]): Made =>
      edited((script) =>
        script.replace('#SBATCH --open-mode=append\n', `#SBATCH --open-mode=append\n${lines.join('\n')}\n`),
      );
    const own = [
      '#SBATCH --outp=mine.out',
      '#SBATCH --outp mine.out',
      '#SBATCH -omine.out',
      '#SBATCH -Ho/tmp/e.out',
      '#SBATCH -HOo /tmp/e.out',
      '#SBATCH --cluster other',
      '#SBATCH --cluster=other',
      '#SBATCH -Mother',
      '#SLURM -J b',
      '#SBATCH--job-nam=b',
      '#SBATCH --out\\put=b',
      '#SBATCH "--error=b"',
      '#SBATCH --chd=/tmp',
      '#SBATCH --wr=true',
      '#SBATCH --pars',
      '#SBATCH --open-m=truncate',
      '#SBATCH --autoc=x',
      '#SBATCH --comment=a --outpu b # c',
    ];
    for (const line of own) expect([line, rulesOf(withLines(line))]).toEqual([line, ['hand-directive-ours']]);
    expect(rulesOf(withLines('#SBATCH --output', '#SBATCH mine.out'))).toEqual(['hand-directive-ours']);
    for (const line of [
      '#SBATCH --o=b',
      '#SBATCH --clus=b',
      '#SBATCH out',
      '#SBATCH -Y',
      '#SBATCH --output',
      '#SBATCH "',
    ])
      expect([line, rulesOf(withLines(line))]).toEqual([line, ['hand-directive-refused']]);
    expect(withLines('#SBATCH -Ho/tmp/e.out').problems).toContainEqual(
      expect.objectContaining({
        message: expect.stringContaining('-o/tmp/e.out (--output) cannot be set by hand') as string,
      }),
    );
  });

  it('is an array only where the form says so, since the names of its output files depend on it', () => {
    expect(
      rulesOf(edited((script) => script.replace('#SBATCH --mem=2G\n', '#SBATCH --mem=2G\n#SBATCH -a0-3\n'))),
    ).toEqual(['hand-directive-array']);
    const array = make({ resources: { array: '0-3' } }).text;
    expect(
      rulesOf(
        make({
          resources: { array: '0-3' },
          edits: [{ file: null, base: array, mine: array.replace('#SBATCH --array=0-3\n', '') }],
        }),
      ),
    ).toEqual(['hand-directive-array']);
    expect(
      rulesOf(
        make({
          resources: { array: '0-3' },
          edits: [{ file: null, base: array, mine: array.replace('--array=0-3', '--array=0-9%2') }],
        }),
      ),
    ).toEqual([]);
  });

  it('tells what will not be obeyed: lines of other schedulers, but not those in a here-document', () => {
    const told = edited((script) =>
      script.replace(
        'echo "epochs',
        '#PBS -N water -l walltime=01:00:00\n#BSUB -q long\n#PBS -l walltime=01:00:00,mem=4gb\ncat <<END >job.pbs\n#PBS -N written\nEND\necho "epochs',
      ),
    );
    const foreign = told.problems.filter(({ rule }) => rule === 'directive-foreign');
    const lines = told.text.split('\n');
    expect(foreign.map(({ severity, line, hint }) => [severity, lines[(line ?? 0) - 1], hint])).toEqual([
      ['warning', '#PBS -N water -l walltime=01:00:00', 'Set what it asks for in the form.'],
      ['warning', '#BSUB -q long', 'It would mean --partition=long; set that in the form.'],
      ['warning', '#PBS -l walltime=01:00:00,mem=4gb', 'It would mean --time=01:00:00 --mem=4g; set that in the form.'],
    ]);
    expect(rulesOf(told)).toEqual([]);
  });

  it('is read by sbatch only before the first command', () => {
    expect(rulesOf(edited((script) => script.replace('#!/bin/bash\n', '#!/bin/bash\necho early\n')))).toEqual([
      'hand-command-early',
    ]);
    const late = edited((script) => script.replace('echo "epochs', '#SBATCH --mem=64G\necho "epochs'));
    expect(late.problems).toContainEqual(
      expect.objectContaining({
        rule: 'hand-directive-late',
        severity: 'warning',
        line: late.text.split('\n').indexOf('#SBATCH --mem=64G') + 1,
      }),
    );
  });
});

describe('a generated file that was edited by hand', () => {
  const edit: HandEdit = { file: 'run.conf', base: 'epochs 3\nseed 1\n', mine: 'epochs 3\nseed 7\n' };

  it('is merged like the script', () => {
    expect(make({ edits: [edit], parameters: { epochs: 30 } }).files).toEqual([
      { name: 'run.conf', text: 'epochs 30\nseed 7\n' },
    ]);
    const both = make({ edits: [{ ...edit, mine: 'epochs 4\nseed 1\n' }], parameters: { epochs: 30 } });
    expect(rulesOf(both)).toEqual(['edit-conflict']);
  });

  it('that the template no longer makes is not lost without a word', () => {
    expect(make({ edits: [{ ...edit, file: 'old.conf' }] }).problems).toContainEqual(
      expect.objectContaining({ rule: 'edit-without-file', severity: 'warning' }),
    );
  });
});
