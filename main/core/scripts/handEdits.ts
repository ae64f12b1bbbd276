/** What a person wrote into the script and the generated files, merged with what the form makes of them now. */
import type { HandEdit } from '../../../shared/domain/job/draft.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import type {
  EditedText,
  EditPiece,
  ScriptFold,
  ScriptPreview,
  SourceSpan,
} from '../../../shared/domain/job/script.ts';
import { directive, optionFlag } from '../../../shared/domain/request/options.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import type { SlurmRequest } from '../../../shared/domain/request/schema.ts';
import type { Parameter } from '../../../shared/domain/template/schema.ts';
import { linesOf, mergeLines, type MergePiece } from '../../../shared/domain/text/merge.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { readSbatchLines, type ScriptOption } from '../../slurm/sbatchLines.ts';
import { handParameters, handValues, valueWords } from './handValues.ts';
import { findKept, withKept } from './keptLines.ts';
import type { MadeScript } from './scriptText.ts';

/** The field that a problem of an edited text belongs to: the text itself. */
export const SCRIPT_FIELD = 'script';

const found = (severity: Problem['severity'], rule: string, what: Message, extra: Partial<Problem> = {}): Problem =>
  problem({ rule, code: ERRORS.SCRIPT_EDIT_INVALID.code, severity, message: what, field: SCRIPT_FIELD, ...extra });

interface Merged {
  readonly edited: EditedText;
  readonly lines: readonly string[];
  /** For each line where it stands in the form's text, from 0; null for one that was written by hand. */
  readonly origins: readonly (number | null)[];
  readonly problems: Problem[];
}

function pieceOf(piece: MergePiece): EditPiece {
  return piece.kind === 'conflict'
    ? { kind: 'conflict', mine: [...piece.mine], form: [...piece.theirs] }
    : { kind: 'text', lines: [...piece.lines] };
}

function merge({ file, base, mine }: HandEdit, generated: string): Merged {
  const pieces = mergeLines(linesOf(base), linesOf(mine), linesOf(generated));
  const lines = pieces.flatMap((piece) => (piece.kind === 'conflict' ? piece.mine : piece.lines));
  const origins = pieces.flatMap((piece) =>
    piece.kind === 'theirs'
      ? piece.lines.map((_, i) => piece.at + i)
      : (piece.kind === 'mine' ? piece.lines : piece.mine).map(() => null),
  );
  const open = pieces.filter(({ kind }) => kind === 'conflict').length;
  const problems =
    open === 0
      ? []
      : [
          found(
            'error',
            'edit-conflict',
            file === null
              ? message('scripts.conflictInScript', { count: open })
              : message('scripts.conflictInFile', { file, count: open }),
            { hint: message('scripts.decideWhich'), file },
          ),
        ];
  return { edited: { file, generated, pieces: open === 0 ? [] : pieces.map(pieceOf) }, lines, origins, problems };
}

/** Ranges of lines after the merge: where the lines of each stand now, in as many parts as they were parted into. */
function movedRanges<R extends { from: number; to: number }>(
  ranges: readonly R[],
  origins: readonly (number | null)[],
): R[] {
  const moved: R[] = [];
  // where each line of the form's text stands now; a merge takes each once, in their order
  const places = new Map<number, number>();
  for (const [index, origin] of origins.entries()) if (origin !== null) places.set(origin + 1, index);
  for (const range of ranges) {
    let last: R | undefined;
    for (let line = range.from; line <= range.to; line += 1) {
      const index = places.get(line);
      if (index === undefined) continue;
      if (last?.to === index) last.to = index + 1;
      else moved.push((last = { ...range, from: index + 1, to: index + 1 }));
    }
  }
  return moved;
}

const HETJOB = found('error', 'hand-directive-hetjob', message('scripts.noHetJobs'), {
  hint: message('scripts.removeLine'),
});

/** More faults than a person would read, of a text that is not a script at all. */
const MAX_TOLD = 100;
/** Characters that the fixes of one script hold together: each is a whole text of its own. */
const MAX_FIXES = 4_000_000;

/** The first faults, and how many more there are. */
function firstOf(problems: readonly Problem[]): Problem[] {
  const more = problems.length - MAX_TOLD;
  if (more <= 0) return [...problems];
  return [
    ...problems.slice(0, MAX_TOLD),
    found('error', 'hand-faults-more', message('scripts.moreFaults', { count: more })),
  ];
}

/** What is wrong with an option that was written by hand, said at its line and at its field. `back` takes the form's value again. */
function checkOption({ key, value, what, line, isKnown }: ScriptOption, back: () => Problem['fix']): Problem[] {
  const result = directive(key, value);
  const option = optionFlag(key);
  const called = what.startsWith(option) ? option : `${what.split(/[\s=]/, 1)[0] ?? what} (${option})`;
  switch (result.kind) {
    case 'ours':
      return [
        found('error', 'hand-directive-ours', message('scripts.notByHand', { option: called, reason: result.reason }), {
          hint: message('scripts.removeFromLine'),
          line,
        }),
      ];
    case 'invalid':
      return [
        found('error', 'hand-directive-invalid', message('words.about', { what: called, text: result.reason }), {
          line,
          alsoAt: `resources.${key}`,
          fix: back(),
        }),
      ];
    case 'absent':
      return [
        found(
          'error',
          'hand-directive-invalid',
          message('words.about', { what: called, text: message('options.expected.value') }),
          {
            line,
            alsoAt: `resources.${key}`,
            fix: back(),
          },
        ),
      ];
    case 'line':
      return isKnown
        ? []
        : [found('info', 'slurm-option-unknown', message('scripts.optionUnknown', { option: called }), { line })];
  }
}

/** What the lines that sbatch obeys ask for, and what is wrong with those written by hand. */
function checkDirectives(
  text: string,
  generated: string,
  origins: readonly (number | null)[],
): {
  request: SlurmRequest;
  byHand: Map<string, number>;
  problems: Problem[];
  differing: Problem[];
  unusable: ReadonlySet<string>;
} {
  const request: Record<string, string | boolean> = {};
  const byHand = new Map<string, number>();
  const problems: Problem[] = [];
  const isByHand = (line: number): boolean => origins[line - 1] === null;
  const lines = linesOf(text);
  const { components, faults, unread, separators } = readSbatchLines(lines);
  const formLines = linesOf(generated);
  const inForm = new Map((readSbatchLines(formLines).components[0] ?? []).map((option) => [option.key, option]));
  const onLine = new Map<number, number>();
  for (const { line } of components[0] ?? []) onLine.set(line, (onLine.get(line) ?? 0) + 1);
  let spent = 0;
  /** The script with the form's line in the place of one that has this option alone. */
  const back = ({ key, line }: ScriptOption): Problem['fix'] => {
    const before = inForm.get(key);
    if (before === undefined || spent > MAX_FIXES || (onLine.get(line) ?? 0) > 1) return null;
    spent += text.length;
    return {
      label: message('scripts.putBack', { value: valueWords(key, before.value) }),
      field: SCRIPT_FIELD,
      value: lines.with(line - 1, formLines[before.line - 1] ?? '').join('\n'),
    };
  };
  for (const line of separators) problems.push({ ...HETJOB, line });
  for (const { line, what, reason } of faults)
    if (isByHand(line))
      problems.push(
        found('error', 'hand-directive-refused', message('words.about', { what: what.trim(), text: reason }), { line }),
      );
  for (const { line, reason } of unread)
    if (isByHand(line))
      problems.push(
        found('warning', 'hand-directive-late', reason, {
          hint: message('scripts.moveUp'),
          line,
        }),
      );
  for (const option of components[0] ?? []) {
    const { key, value, line } = option;
    if (directive(key, value).kind !== 'ours') {
      request[key] = value;
      if (isByHand(line)) byHand.set(key, line);
      else byHand.delete(key);
    }
    if (isByHand(line)) problems.push(...checkOption(option, () => back(option)));
  }
  const array = byHand.get('array');
  if (inForm.has('array') !== Object.hasOwn(request, 'array')) {
    problems.push(
      found('error', 'hand-directive-array', message('scripts.arrayInFormOnly'), {
        hint: message('scripts.setArrayInForm'),
        line: array ?? null,
      }),
    );
  }
  const differing = handValues(
    new Map([...inForm].map(([key, { value }]) => [key, value])),
    new Map(Object.entries(request)),
  );
  const unusable = new Set(
    problems.flatMap(({ rule, alsoAt }) => (rule === 'hand-directive-invalid' && alsoAt !== undefined ? [alsoAt] : [])),
  );
  return { request, byHand, problems: firstOf(problems), differing, unusable };
}

/** The lines without which Slipway would lose the job, and the head, where sbatch looks for its directives. */
function checkKept(made: MadeScript, lines: readonly string[]): Problem[] {
  const generated = linesOf(made.text);
  const kept = findKept(generated, made.kept, lines);
  if ('missing' in kept) {
    const restored = withKept(generated, made.kept, lines).join('\n');
    return [
      found(
        'error',
        'hand-protocol-missing',
        message(
          kept.missing.to - kept.missing.from === 1 ? 'scripts.protocolLineMissing' : 'scripts.protocolLinesMissing',
          { line: (generated[kept.missing.from] ?? '').trim() },
        ),
        {
          hint: message('scripts.editsMovedIt'),
          fix: { label: message('scripts.putItBack'), field: SCRIPT_FIELD, value: restored },
        },
      ),
    ];
  }
  const early = lines.findIndex((line) => !/^\s*(?:#|$)/.test(line));
  const head = lines.findLastIndex((line, index) => line.startsWith('#SBATCH') && kept.starts.includes(index));
  return early < head
    ? [
        found('error', 'hand-command-early', message('scripts.commandTooEarly'), {
          hint: message('scripts.moveBelow'),
          line: early + 1,
        }),
      ]
    : [];
}

export interface EditedScript {
  readonly text: string;
  readonly spans: SourceSpan[];
  readonly folds: ScriptFold[];
  readonly files: ScriptPreview['files'];
  readonly edited: EditedText[];
  readonly problems: Problem[];
  /** What the edited `#SBATCH` lines ask for; null when the script was not edited. */
  readonly request: SlurmRequest | null;
  /** An option was written by hand with a value that sbatch refuses: what the script would cost is not known. */
  readonly isUnusable: boolean;
  /**
   * Puts a problem of an option that was written by hand on its line, besides its field. Nothing is left of one about a value that
   * cannot be used, which is said already: that there is none would not be true.
   */
  place(problem: Problem): Problem[];
}

/** Merges the edits in. Pure; the texts without edits come back as they were. */
export function withHandEdits(
  made: MadeScript,
  files: ScriptPreview['files'],
  edits: readonly HandEdit[],
  parameters: readonly Parameter[],
): EditedScript {
  const edited: EditedText[] = [];
  const problems: Problem[] = [];
  const done = (merged: Merged): string => {
    edited.push(merged.edited);
    problems.push(...merged.problems);
    return merged.lines.join('\n');
  };
  const ofFile = new Map(edits.flatMap((edit) => (edit.file === null ? [] : [[edit.file, edit] as const])));
  const mergedFiles = files.map(({ name, text }) => {
    const edit = ofFile.get(name);
    ofFile.delete(name);
    return { name, text: edit === undefined ? text : done(merge(edit, text)) };
  });
  for (const name of ofFile.keys()) {
    problems.push(found('warning', 'edit-without-file', message('scripts.editWithoutFile', { file: name })));
  }

  const ofScript = edits.find(({ file }) => file === null);
  if (ofScript === undefined)
    return {
      text: made.text,
      spans: made.spans,
      folds: made.folds,
      files: mergedFiles,
      edited,
      problems,
      request: null,
      isUnusable: false,
      place: (each) => [each],
    };
  const merged = merge(ofScript, made.text);
  const text = done(merged);
  const nul = merged.lines.findIndex((line) => line.includes('\0'));
  if (nul !== -1) problems.push(found('error', 'hand-characters', message('scripts.nulByHand'), { line: nul + 1 }));
  const directives = checkDirectives(text, made.text, merged.origins);
  // before a conflict is settled a half of it may miss what the other has
  if (merged.problems.length === 0) {
    const byHand = merged.lines.filter((_, index) => merged.origins[index] === null);
    problems.push(
      ...checkKept(made, merged.lines),
      ...directives.differing,
      ...handParameters(linesOf(made.text), made.spans, byHand, parameters),
    );
  }
  problems.push(...directives.problems);
  const place = (each: Problem): Problem[] => {
    if (each.field !== null && directives.unusable.has(each.field)) return [];
    const line =
      each.field?.startsWith('resources.') === true
        ? directives.byHand.get(each.field.slice('resources.'.length))
        : undefined;
    return line === undefined || each.field === null
      ? [each]
      : [{ ...each, field: SCRIPT_FIELD, alsoAt: each.field, line, fix: null }];
  };
  return {
    text,
    spans: movedRanges(made.spans, merged.origins),
    folds: movedRanges(made.folds, merged.origins),
    files: mergedFiles,
    edited,
    problems,
    request: directives.request,
    isUnusable: directives.unusable.size > 0,
    place,
  };
}
