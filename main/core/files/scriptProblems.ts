/** What is said of a script that Linux would not run as it was meant, with the click that sends it converted. */
import type { DraftFile } from '../../../shared/domain/job/draft.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import type { ScriptDefect } from './scriptText.ts';

/** What a conversion mends. */
type Mendable = Exclude<ScriptDefect, 'interpreter-missing'>;

const WORDS: Readonly<Record<Mendable, (name: string) => string>> = {
  'utf-16': (name) => `${name} is in UTF-16, which no interpreter on the cluster reads.`,
  'byte-order-mark': (name) =>
    `${name} begins with an invisible byte order mark, so that its “#!” line and its first command are not recognised.`,
  'windows-line-ends': (name) =>
    `${name} has Windows line ends: bash takes them for a part of each command, and the system for a part of the interpreter’s name.`,
  'mac-line-ends': (name) =>
    `${name} has line ends of old Macs: to the cluster it is one single line, of which nothing runs when it begins with “#”.`,
  interpreter: (name) => `${name} names an interpreter in its first line that no cluster has at that place.`,
};

const CONVERTED: Readonly<Record<Mendable, string>> = {
  'utf-16': 'UTF-16 becomes UTF-8',
  'byte-order-mark': 'the byte order mark is left out',
  'windows-line-ends': 'line ends converted',
  'mac-line-ends': 'line ends converted',
  interpreter: 'the interpreter’s place is corrected',
};

/** One problem for all that a conversion mends, one for a missing interpreter, which only its author knows; where the file is sent converted, an info of what becomes of it. */
export function scriptProblems(file: DraftFile, field: string | null, defects: readonly ScriptDefect[]): Problem[] {
  const place = { field: field ?? 'files', file: field === null ? file.name : null, code: ERRORS.FILE_INVALID.code };
  const mendable = defects.filter((each) => each !== 'interpreter-missing');
  const missing =
    defects.length === mendable.length
      ? []
      : [
          problem({
            ...place,
            rule: 'script-interpreter-missing',
            severity: 'warning',
            message: `${file.name} is started by the template itself, and its first line names no interpreter.`,
            hint: 'Begin it with #!/bin/bash, or with #!/usr/bin/env and the name of its interpreter.',
          }),
        ];
  if (mendable.length === 0) return missing;
  const fix = (label: string, value: boolean): Problem['fix'] => ({ label, field: `convert.${file.handle}`, value });
  if (file.convert === true) {
    const done = mendable.map((each) => CONVERTED[each]).join(', ');
    return [
      ...missing,
      problem({
        ...place,
        rule: 'script-converted',
        severity: 'info',
        message: `${file.name} is sent in a converted copy: ${done}.`,
        hint: 'Your own file stays as it is.',
        fix: fix('Send it as it is', false),
      }),
    ];
  }
  const message = mendable.map((each) => WORDS[each](file.name)).join(' ');
  return [
    ...missing,
    problem({
      ...place,
      rule: 'script-not-for-linux',
      severity: 'warning',
      message,
      hint: 'Your own file stays as it is when a converted copy is sent. On the command line: --convert-line-ends.',
      fix: fix('Send it converted', true),
    }),
  ];
}
