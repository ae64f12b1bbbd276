import { message, type Message } from '../../../shared/messages/message.ts';
import type { FileSlot } from '../../../shared/domain/template/schema.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { plainValue, readYamlTree, type Place, type YamlTree } from '../text/yamlTree.ts';
import type { SchemaAnswer } from './jsonSchema.ts';

/** Config files are written by people; larger ones are not read for checking. */
export const MAX_CONFIG_BYTES = 1024 * 1024;

/** A config file could not be held against the schema: no fault of the file, so it does not stop the job. `reason` is half a sentence. */
export function notChecked(slotName: string, fileName: string, reason: Message): Problem {
  return problem({
    rule: 'config-not-checked',
    code: ERRORS.TEMPLATE_INVALID.code,
    severity: 'warning',
    message: message('files.notChecked', { file: fileName, reason }),
    hint: message('files.lookItOver'),
    field: `files.${slotName}`,
    file: fileName,
  });
}

/** What is wrong with a config file: its syntax, then its values against the slot's schema (by `check`), each with its line. */
export function checkConfig(
  text: string,
  slot: Pick<FileSlot, 'name' | 'format' | 'schema'>,
  fileName: string,
  check: (schema: Record<string, unknown>, value: unknown) => SchemaAnswer,
): Problem[] {
  if (slot.format === null) return [];
  const say = (severity: Problem['severity'], rule: string, fault: Message, at: Place | null): Problem =>
    problem({
      rule,
      code: ERRORS.FILE_INVALID.code,
      severity,
      message:
        at === null
          ? message('files.config', { file: fileName, fault })
          : message('files.configAtLine', { file: fileName, line: at.line, fault }),
      hint: severity === 'error' ? message('files.correctAndSave') : null,
      field: `files.${slot.name}`,
      file: fileName,
      line: at?.line ?? null,
      column: at?.column ?? null,
    });

  if (slot.format === 'json') {
    const fault = jsonFault(text);
    if (fault !== null) return [say('error', 'config-syntax', fault.message, fault.at)];
  }
  const { tree, faults } = readYamlTree(text);
  if (tree === null) {
    const unreadable = faults.find((fault) => fault.rule === 'too-large' || fault.rule === 'too-deep');
    // JSON that JSON.parse has read is JSON; only its places cannot be found.
    if (unreadable !== undefined || slot.format === 'json')
      return [say('warning', 'config-not-checked', message('files.tooMuchToCheck'), null)];
    return faults.map((fault) => say('error', 'config-syntax', fault.message, fault));
  }
  if (slot.schema === null) return [];
  const answer = check(slot.schema, plainValue(tree));
  if ('unusable' in answer) return [notChecked(slot.name, fileName, answer.unusable)];
  return answer.errors.map(({ pointer, key, message: fault }) => {
    const at = placeOf(tree, pointer, key);
    return say(
      'error',
      'config-schema',
      pointer === '' ? fault : message('files.schema.atKey', { key: pointer.slice(1).replaceAll('/', '.'), fault }),
      at,
    );
  });
}

/** Where a JSON pointer leads; as far as it goes. The place of a key when it is the key that is wrong. */
function placeOf(root: YamlTree, pointer: string, key: string | null): Place {
  const steps = pointer
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
  let tree = root;
  for (const step of steps) {
    const next =
      tree.kind === 'map' ? tree.entries.get(step)?.value : tree.kind === 'list' ? tree.items[Number(step)] : undefined;
    if (next === undefined) break;
    tree = next;
  }
  return (key !== null && tree.kind === 'map' ? tree.entries.get(key)?.keyAt : undefined) ?? tree.at;
}

function jsonFault(text: string): { message: Message; at: Place | null } | null {
  try {
    JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text);
    return null;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const position = /at position (\d+)/.exec(reason)?.[1];
    const before = text
      .slice(0, position === undefined ? (reason.includes('end of') ? text.length : 0) : Number(position))
      .split('\n');
    const said = reason.replace(/\s*(?:in JSON )?at position .*$/s, '').replace(/, "[^]*" is not valid JSON$/, '');
    return {
      message: message('files.notJson', { reason: said }),
      at: { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 },
    };
  }
}
