/** Checks that a library folder defines by name, in `checks.yaml` in its root: what its templates may say as `validation:` of a file. */
import { message } from '../../../../shared/messages/message.ts';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { FileCheck } from '../../../../shared/domain/template/fileCheck.ts';
import type { Template } from '../../../../shared/domain/template/schema.ts';
import { readFileRule } from './readFileCheck.ts';
import { Report, Section } from './section.ts';
import { readYamlTree } from '../../text/yamlTree.ts';

/** In a folder's root this is no template. */
export const CHECKS_FILE = 'checks.yaml';
const MAX_BYTES = 256 * 1024;

export type FolderChecks = ReadonlyMap<string, FileCheck>;

/** Reads the definitions of a text. Each with a mistake says it; a text that is no map defines nothing. Never throws. */
export function readFolderChecks(text: string): FolderChecks {
  const { tree } = readYamlTree(text);
  const found = new Map<string, FileCheck>();
  if (tree?.kind !== 'map') return found;
  for (const { key, value } of tree.entries.values()) {
    const report = new Report(CHECKS_FILE);
    if (value.kind !== 'map') {
      found.set(key, {
        name: key,
        rule: null,
        fault: {
          file: CHECKS_FILE,
          line: value.at.line,
          fault: message('format.expected', { expected: message('format.a.map') }),
        },
      });
      continue;
    }
    const rule = readFileRule(new Section(value, key, report));
    const [first] = report.problems;
    // a key that is not known may be the one that matters
    found.set(
      key,
      first === undefined
        ? { name: key, rule, fault: null }
        : { name: key, rule: null, fault: { file: CHECKS_FILE, line: first.line ?? 1, fault: first.message } },
    );
  }
  return found;
}

/** Remembers what was read of each folder as long as its file stays the same. */
export function createFolderChecks(): (root: string) => FolderChecks {
  const known = new Map<string, { size: number; mtimeMs: number; checks: FolderChecks }>();
  return (root) => {
    const file = path.join(root, CHECKS_FILE);
    try {
      const { size, mtimeMs, isRegular } = look(file);
      const before = known.get(root);
      if (before?.size === size && before.mtimeMs === mtimeMs) return before.checks;
      const checks =
        !isRegular || size > MAX_BYTES ? new Map<string, FileCheck>() : readFolderChecks(readFileSync(file, 'utf8'));
      known.set(root, { size, mtimeMs, checks });
      return checks;
    } catch {
      // none there, or not for us
      return new Map();
    }
  };
}

function look(file: string): { size: number; mtimeMs: number; isRegular: boolean } {
  const found = statSync(file);
  return { size: found.size, mtimeMs: found.mtimeMs, isRegular: found.isFile() };
}

/** The template with what its slots' checks mean. Of several folders the first that defines a name counts. */
export function withChecks<T extends Pick<Template, 'files'>>(
  template: T,
  foldersOf: () => readonly FolderChecks[],
): T {
  if (!template.files.some(({ checks }) => checks?.some(({ rule }) => rule === null))) return template;
  const folders = foldersOf();
  const meant = (check: FileCheck): FileCheck =>
    check.rule === null
      ? (folders.map((folder) => folder.get(check.name)).find((found) => found !== undefined) ?? check)
      : check;
  return {
    ...template,
    files: template.files.map((slot) =>
      slot.checks === undefined ? slot : { ...slot, checks: slot.checks.map(meant) },
    ),
  };
}
