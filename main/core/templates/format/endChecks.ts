import { batchSignal } from '../../../../shared/domain/request/batchSignal.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import { message } from '../../../../shared/messages/message.ts';
import type { Report } from './section.ts';
import type { Place, YamlMap } from '../../text/yamlTree.ts';

const BEFORE_THE_END = [
  ['pre_exec', 'preExec'],
  ['main_exec', 'mainExec'],
  ['post_exec', 'postExec'],
] as const;

/** Lines after which the last part may never run: an EXIT trap of the script's own takes the place of Slipway's, a program the place of the script. */
const TAKES_THE_END = /^\s*(?:trap\s+(?!-\s|--\s+-\s)\S.*\s(?:EXIT|0)\s*$|exec\s+(?!\d*[<>&]|\{))/;

/** Whether `finally_exec` and `on_signal` can do what they are for. */
export function checkEnd(template: Template, map: YamlMap, lines: readonly string[], report: Report): void {
  const { finallyExec, onSignal } = template.script;
  const script = map.entries.get('script')?.value;
  const placeOf = (key: string): Place => (script?.kind === 'map' ? script.entries.get(key)?.value.at : null) ?? map.at;
  if (finallyExec !== undefined)
    for (const [key, body] of BEFORE_THE_END) {
      const found = template.script[body].split('\n').find((line) => TAKES_THE_END.test(line));
      if (found === undefined) continue;
      const start = placeOf(key);
      const row = lines.findIndex((line, at) => at >= start.line - 1 && line.trim() === found.trim());
      report.warn(
        'end-taken',
        `script.${key}`,
        row === -1 ? start : { line: row + 1, column: (lines[row] ?? '').search(/\S/) + 1 },
        message('format.endTaken', { line: found.trim().slice(0, 80) }),
        message(found.trim().startsWith('trap') ? 'format.endTakenByTrap' : 'format.endTakenByExec'),
      );
    }
  if (onSignal !== undefined && batchSignal(template.slurm['signal']) === null)
    report.warn(
      'no-effect',
      'script.on_signal',
      placeOf('on_signal'),
      message('format.noSignal'),
      message('format.addSignal', { option: 'signal: B:USR1@300', section: 'slurm:' }),
    );
}
