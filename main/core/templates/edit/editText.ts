/** Changes of a template's text that keep everything else of it: comments, blank lines, key order, quotes, older spellings. */
import { isDeepStrictEqual } from 'node:util';
import { Document, isAlias, isMap, isNode, isScalar, isSeq, visit, type YAMLMap, type YAMLSeq } from 'yaml';
import type { TemplateEdit } from '../../../../shared/domain/template/studio.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { message } from '../../../../shared/messages/message.ts';
import { cutsFor } from './editSpelling.ts';
import { MAX_TEMPLATE_BYTES } from '../format/parseTemplate.ts';
import { parseBounded } from '../format/yamlDocument.ts';
import { spliceYaml, withQuotedEnds, yamlData, type Cut, type PathStep } from './yamlSplice.ts';
import { plainValue, readYamlTree } from '../../text/yamlTree.ts';

/** Characters that are read again while cuts are made one by one, a second's worth; beyond that the document is written anew. */
const MAX_WORK = 10_000_000;

/**
 * Applies edits in their order. Paths are those of the format as docs/templates.md has it; a file in an older spelling is changed under
 * its own names. What the text says afterwards is what it said before with exactly these changes: this is checked for each edit, and
 * where cutting in the text cannot do it (aliases, merge keys) the document is written anew, with its comments.
 *
 * A text that is no YAML comes back as it was: its problems say why. INPUT_INVALID where a path leads nowhere, TEMPLATE_INVALID where
 * the file would become too large or cannot hold the value.
 */
export function editTemplateText(given: string, edits: readonly TemplateEdit[]): string {
  const mark = given.startsWith('\ufeff') ? '\ufeff' : '';
  let text = given.slice(mark.length);
  if (text.length > MAX_TEMPLATE_BYTES) return given;
  let work = 0;
  for (const edit of edits) {
    const before = plainOf(text);
    if (before === undefined) return given;
    for (const cut of cutsFor(before, edit)) {
      const from = plainOf(text);
      const expected = applyCut(from, cut);
      const steps = cut.kind === 'set' ? narrowed(from, cut) : [cut];
      work += text.length * steps.length;
      const attempts =
        work > MAX_WORK
          ? []
          : [steps, steps.map((step) => ('value' in step ? { ...step, value: withQuotedEnds(step.value) } : step))];
      const says = (candidate: string | null): candidate is string =>
        candidate !== null && isDeepStrictEqual(plainOf(candidate), expected);
      let next: string | null = null;
      for (const attempt of attempts) if (!says(next)) next = spliceAll(text, attempt);
      if (!says(next)) next = rewrite(text, cut);
      if (!says(next))
        throw new AppError('TEMPLATE_INVALID', {
          details: {
            reason: message('library.valueFixed', { path: cut.path.join('.').slice(0, 200) }),
          },
        });
      text = next;
    }
    if (text.length > MAX_TEMPLATE_BYTES)
      throw new AppError('TEMPLATE_INVALID', { details: { reason: message('library.tooLarge') } });
  }
  return mark + text;
}

/** What a text says; an empty one says an empty map. Undefined when it is no YAML. */
function plainOf(text: string): unknown {
  const { tree, faults } = readYamlTree(text);
  if (tree !== null) return plainValue(tree);
  return faults.length === 1 && faults[0]?.rule === 'empty' ? {} : undefined;
}

function spliceAll(text: string, cuts: readonly Cut[]): string | null {
  try {
    return cuts.reduce(spliceYaml, text);
  } catch (error) {
    // the library has its own reasons too, a key of a thousand characters for one
    if (AppError.is(error)) throw error;
    return null;
  }
}

type Data = Readonly<Record<string, unknown>>;
const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);
const at = (value: unknown, step: PathStep): unknown => {
  if (typeof step === 'number') return Array.isArray(value) ? (value as unknown[])[step] : undefined;
  return isData(value) && Object.hasOwn(value, step) ? value[step] : undefined;
};

/** Sets only what differs, so that comments within a map or list that is set as a whole stay. */
function narrowed(root: unknown, cut: Extract<Cut, { kind: 'set' }>): Cut[] {
  const differences = (path: readonly PathStep[], old: unknown, value: unknown): Cut[] => {
    if (isDeepStrictEqual(old, value)) return [];
    if (isData(old) && isData(value) && Object.keys(old).length > 0 && Object.keys(value).length > 0) {
      const kept = Object.keys(old).filter((key) => Object.hasOwn(value, key));
      if (kept.length === 0) return [{ kind: 'set', path, value }];
      return [
        ...Object.keys(old)
          .filter((key) => !Object.hasOwn(value, key))
          .map((key): Cut => ({ kind: 'remove', path: [...path, key] })),
        ...kept.flatMap((key) => differences([...path, key], old[key], value[key])),
        ...Object.keys(value)
          .filter((key) => !Object.hasOwn(old, key))
          .map((key): Cut => ({ kind: 'set', path: [...path, key], value: value[key] })),
      ];
    }
    if (Array.isArray(old) && Array.isArray(value) && old.length > 0 && value.length > 0)
      return listDifferences(path, old, value);
    return [{ kind: 'set', path, value }];
  };
  const listDifferences = (path: readonly PathStep[], old: readonly unknown[], value: readonly unknown[]): Cut[] => {
    const common = Math.min(old.length, value.length);
    let head = 0;
    while (head < common && isDeepStrictEqual(old[head], value[head])) head += 1;
    let tail = 0;
    while (tail < common - head && isDeepStrictEqual(old[old.length - 1 - tail], value[value.length - 1 - tail]))
      tail += 1;
    const both = common - tail;
    return [
      ...Array.from({ length: both - head }, (_, i) =>
        differences([...path, head + i], old[head + i], value[head + i]),
      ).flat(),
      // from the end, so that the places before stay what they are
      ...Array.from({ length: old.length - tail - both }, (_, i): Cut => ({
        kind: 'remove',
        path: [...path, old.length - tail - 1 - i],
      })),
      ...value
        .slice(both, value.length - tail)
        .map((item, i): Cut => ({ kind: 'insert', path, at: both + i, value: item })),
    ];
  };
  return differences(cut.path, cut.path.reduce(at, root), cut.value);
}

function nowhere(path: readonly PathStep[]): never {
  throw new AppError('INPUT_INVALID', {
    details: { reason: message('library.nothingAt', { path: path.join('.').slice(0, 200) }) },
  });
}

/** A change on plain values: what the text must say afterwards. INPUT_INVALID where the path leads nowhere. */
export function applyCut(root: unknown, cut: Cut): unknown {
  const within = (value: unknown, path: readonly PathStep[], change: (found: unknown) => unknown): unknown => {
    const [step, ...rest] = path;
    if (step === undefined) return change(value);
    if (typeof step === 'string' && (isData(value) || value == null))
      return { ...value, [step]: within(at(value, step), rest, change) };
    if (typeof step === 'number' && (Array.isArray(value) || value == null)) {
      const items: unknown[] = value ?? [];
      if (step > items.length || step < 0) nowhere(cut.path);
      return step === items.length
        ? [...items, within(undefined, rest, change)]
        : items.with(step, within(items[step], rest, change));
    }
    return nowhere(cut.path);
  };
  const parent = cut.path.slice(0, -1);
  const last = cut.path.at(-1);
  switch (cut.kind) {
    case 'set':
      return within(root, cut.path, () => cut.value);
    case 'remove':
      if (last === undefined || at(parent.reduce(at, root), last) === undefined) return nowhere(cut.path);
      return within(root, parent, (found) =>
        Array.isArray(found)
          ? found.toSpliced(Number(last), 1)
          : Object.fromEntries(Object.entries(found as Data).filter(([key]) => key !== last)),
      );
    case 'rename':
      return within(root, parent, (found) =>
        !isData(found) || Object.hasOwn(found, cut.key)
          ? nowhere(cut.path)
          : Object.fromEntries(Object.entries(found).map(([key, value]) => [key === last ? cut.key : key, value])),
      );
    case 'insertKey':
      return within(root, cut.path, (found) =>
        isData(found) && !Object.hasOwn(found, cut.key) ? { ...found, [cut.key]: cut.value } : nowhere(cut.path),
      );
    case 'insert':
      return within(root, cut.path, (found) => {
        const items: unknown = found ?? [];
        return Array.isArray(items) && cut.at <= items.length
          ? (items as unknown[]).toSpliced(cut.at, 0, cut.value)
          : nowhere(cut.path);
      });
    case 'move':
      return within(root, cut.path, (found) => {
        const size = Array.isArray(found) ? found.length : isData(found) ? Object.keys(found).length : 0;
        if (cut.from >= size || cut.to >= size) return nowhere(cut.path);
        return Array.isArray(found) ? found.toSpliced(cut.from, 1).toSpliced(cut.to, 0, found[cut.from]) : found;
      });
  }
}

/** The document written anew by the YAML library, without aliases and merge keys: comments stay, the layout may not. Null where it cannot be. */
function rewrite(text: string, cut: Cut): string | null {
  try {
    return writtenAnew(text, cut);
  } catch {
    return null;
  }
}

function writtenAnew(text: string, cut: Cut): string {
  const document = parseBounded(text);
  visit(document, {
    Alias: (_key, alias) => {
      const target = alias.resolve(document);
      return target === undefined
        ? undefined
        : document.createNode(target.toJS(document, { maxAliasCount: -1 }), { aliasDuplicateObjects: false });
    },
  });
  visit(document, {
    Node: (_key, node) => {
      if (!isAlias(node)) delete node.anchor;
    },
    Map: (_key, map) => {
      for (const pair of map.items.filter(({ key }) => isScalar(key) && key.value === '<<')) {
        const sources = isSeq(pair.value) ? pair.value.items : [pair.value];
        map.items.splice(map.items.indexOf(pair), 1);
        for (const source of sources)
          if (isMap(source)) for (const each of source.items) if (!map.has(each.key)) map.items.push(each);
      }
    },
  });
  applyToDocument(document, cut);
  return document.toString({ lineWidth: 0, simpleKeys: true });
}

function applyToDocument(document: Document, cut: Cut): void {
  // “~” alone, or nothing: what comes in stands in its place
  if (isScalar(document.contents) && document.contents.value === null) document.contents = null;
  const node = cut.path.length === 0 ? document.contents : document.getIn(cut.path, true);
  const items = (node as YAMLMap | YAMLSeq | null | undefined)?.items as unknown[] | undefined;
  switch (cut.kind) {
    case 'set': {
      const value = document.createNode(yamlData(cut.value), { aliasDuplicateObjects: false });
      if (isNode(node))
        Object.assign(value, {
          commentBefore: node.commentBefore,
          comment: node.comment,
          spaceBefore: node.spaceBefore,
        });
      document.setIn(cut.path, value);
      return;
    }
    case 'remove':
      document.deleteIn(cut.path);
      return;
    case 'insert':
      if (items === undefined) document.setIn(cut.path, document.createNode([yamlData(cut.value)]));
      else items.splice(cut.at, 0, document.createNode(yamlData(cut.value)));
      return;
    case 'insertKey':
      items?.splice(cut.at, 0, document.createPair(cut.key, yamlData(cut.value)));
      return;
    case 'rename': {
      const parent = document.getIn(cut.path.slice(0, -1), true);
      const pair = isMap(parent)
        ? parent.items.find(({ key }) => isScalar(key) && key.value === cut.path.at(-1))
        : undefined;
      if (pair !== undefined) pair.key = document.createNode(cut.key);
      return;
    }
    case 'move':
      items?.splice(cut.to, 0, ...items.splice(cut.from, 1));
  }
}
