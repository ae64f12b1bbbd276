import { message, type Message } from '../../../shared/messages/message.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import type { Template } from '../../../shared/domain/template/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';

type ScriptPart = keyof Template['script'];

const NAMES: Readonly<Record<ScriptPart, string>> = {
  preExec: 'pre_exec',
  mainExec: 'main_exec',
  postExec: 'post_exec',
  finallyExec: 'finally_exec',
  onSignal: 'on_signal',
};

/** First lines of a section that say what the whole script is anyway. */
const SHELL = /^#!\s*(?:\/\S*\/)?(?:env\s+)?(?:ba|da)?sh\b/;

const isBlank = (line: string | undefined): boolean => line?.trim() === '';

/**
 * A part of the template's `script:` as lines: without DOS line ends, which sbatch refuses, without its own `#!` line and without
 * blank lines around it. Everything else is the author's and stays as it is.
 */
export function sectionLines(
  template: Pick<Template, 'script'>,
  key: ScriptPart,
): { lines: string[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const say = (severity: Problem['severity'], rule: string, what: Message, hint: Message | null = null): void =>
    void problems.push(problem({ rule, code: ERRORS.TEMPLATE_INVALID.code, severity, message: what, hint }));
  const text = template.script[key] ?? '';
  if (text.includes('\0')) say('error', 'section-characters', message('scripts.sectionNul', { section: NAMES[key] }));

  const lines = text.replaceAll('\0', '').replaceAll('\r\n', '\n').split('\n');
  while (isBlank(lines[0])) lines.shift();
  const [first] = lines;
  if (first?.startsWith('#!') === true) {
    lines.shift();
    if (!SHELL.test(first)) {
      say(
        'warning',
        'section-interpreter',
        message('scripts.sectionInterpreter', { section: NAMES[key], interpreter: first.slice(2).trim() }),
        message('scripts.callInterpreter'),
      );
    }
  }
  while (isBlank(lines[0])) lines.shift();
  while (isBlank(lines.at(-1))) lines.pop();
  if (lines.some((line) => line.startsWith('#SBATCH'))) {
    say(
      'warning',
      'section-directive',
      message('scripts.sectionDirective', { section: NAMES[key] }),
      message('scripts.belongIntoSlurm'),
    );
  }
  return { lines, problems };
}
