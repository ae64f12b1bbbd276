/** What is said of a script that Linux would not run as it was meant, with the click that sends it converted. */
import { both, message, type Message } from '../../../shared/messages/message.ts';
import type { DraftFile } from '../../../shared/domain/job/draft.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import type { ScriptDefect } from './scriptText.ts';

/** What a conversion mends. */
type Mendable = Exclude<ScriptDefect, 'interpreter-missing'>;

const WORDS = {
  'utf-16': 'files.oddity.utf16',
  'byte-order-mark': 'files.oddity.byteOrderMark',
  'windows-line-ends': 'files.oddity.windowsLineEnds',
  'mac-line-ends': 'files.oddity.macLineEnds',
  interpreter: 'files.oddity.interpreter',
} as const satisfies Readonly<Record<Mendable, string>>;

const CONVERTED = {
  'utf-16': 'files.converted.utf16',
  'byte-order-mark': 'files.converted.byteOrderMark',
  'windows-line-ends': 'files.converted.lineEnds',
  'mac-line-ends': 'files.converted.lineEnds',
  interpreter: 'files.converted.interpreter',
} as const satisfies Readonly<Record<Mendable, string>>;

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
            message: message('files.interpreterMissing', { file: file.name }),
            hint: message('files.beginWithInterpreter'),
          }),
        ];
  if (mendable.length === 0) return missing;
  const fix = (label: Message, value: boolean): Problem['fix'] => ({ label, field: `convert.${file.handle}`, value });
  if (file.convert === true) {
    const done = mendable
      .map((each) => message(CONVERTED[each]))
      .reduce((first, second) => message('files.comma', { first, second }));
    return [
      ...missing,
      problem({
        ...place,
        rule: 'script-converted',
        severity: 'info',
        message: message('files.sentConverted', { file: file.name, done }),
        hint: message('files.ownStays'),
        fix: fix(message('files.sendAsItIs'), false),
      }),
    ];
  }
  return [
    ...missing,
    problem({
      ...place,
      rule: 'script-not-for-linux',
      severity: 'warning',
      message: mendable.map((each) => message(WORDS[each], { file: file.name })).reduce(both),
      hint: message('files.ownStaysConvert'),
      fix: fix(message('files.sendConverted'), true),
    }),
  ];
}
