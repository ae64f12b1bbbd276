/** What a template's text says, item by item, under today's names: where the form's rows of slots and parameters belong in the file. */
import { parseDocument } from 'yaml';
import type { TemplateEdit } from '../../../../shared/domain/template/studio.ts';

type Data = Readonly<Record<string, unknown>>;
const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);

export type SlotGroup = 'input_schema' | 'config_schema';

export interface SlotItem {
  group: SlotGroup;
  list: 'required' | 'optional';
  index: number;
  data: Data;
}

export interface ParameterItem {
  index: number;
  data: Data;
}

export interface Outline {
  root: Data;
  slots: readonly SlotItem[];
  parameters: readonly ParameterItem[];
}

/** Beyond this the form would lag behind the text. */
const MAX_CHARACTERS = 250_000;

/** Null for a text that is no YAML map, or too long to follow while somebody types. */
export function outlineOf(text: string): Outline | null {
  if (text.length > MAX_CHARACTERS) return null;
  try {
    const document = parseDocument(text, {
      uniqueKeys: false,
      logLevel: 'silent',
      schema: 'core',
      resolveKnownTags: false,
    });
    if (document.errors.length > 0) return null;
    const root: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
    return isData(root)
      ? {
          root,
          slots: [...slotsOf(root, 'input_schema'), ...slotsOf(root, 'config_schema')],
          parameters: parametersOf(root),
        }
      : null;
  } catch {
    return null; // references that grow without end
  }
}

const OLDER_GROUPS = { input_schema: 'input_file_schema', config_schema: 'option_file_schema' } as const;

function slotsOf(root: Data, group: SlotGroup): SlotItem[] {
  const files = isData(root['files']) ? root['files'] : {};
  const found = files[group] ?? root[OLDER_GROUPS[group]];
  if (!isData(found)) return [];
  return (['required', 'optional'] as const).flatMap((list) => {
    const items = found[list] ?? found[`${list}_files`];
    return Array.isArray(items)
      ? items.flatMap((data: unknown, index): SlotItem[] => (isData(data) ? [{ group, list, index, data }] : []))
      : [];
  });
}

function parametersOf(root: Data): ParameterItem[] {
  const { parameters } = root;
  if (Array.isArray(parameters))
    return parameters.flatMap((data: unknown, index): ParameterItem[] => (isData(data) ? [{ index, data }] : []));
  if (!isData(parameters)) return [];
  return Object.entries(parameters).flatMap(([name, data], index): ParameterItem[] =>
    isData(data) ? [{ index, data: { name, ...data } }] : [],
  );
}

export type Path = (string | number)[];

export function slotPath({ group, list, index }: Pick<SlotItem, 'group' | 'list' | 'index'>): Path {
  return ['files', group, list, index];
}

/** A scalar of the text as a field shows it; nothing for maps and lists. */
export function textOf(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : '';
}

/**
 * Puts the slot at place `from` of its group to place `to`, counted over required ones and then optional ones. Across the border between
 * the two it becomes what its new neighbours are.
 */
export function moveSlot(slots: readonly SlotItem[], group: SlotGroup, from: number, to: number): TemplateEdit[] {
  const rows = slots.filter((slot) => slot.group === group);
  const moved = rows[from];
  const target = rows[to];
  if (!moved || !target || from === to) return [];
  if (moved.list === target.list)
    return [{ kind: 'move', path: slotPath(moved).slice(0, -1), from: moved.index, to: target.index }];
  // going down over the border it comes after the row it is dropped on, going up before it
  return moveBetween(moved, target.list, from < to ? target.index + 1 : target.index);
}

function moveBetween(slot: SlotItem, list: SlotItem['list'], at: number): TemplateEdit[] {
  return [
    { kind: 'insert', path: ['files', slot.group, list], at, value: slot.data },
    { kind: 'remove', path: slotPath(slot) },
  ];
}

/** Makes a slot required or optional: it goes to the end of the other list. */
export function requireSlot(slots: readonly SlotItem[], slot: SlotItem, list: SlotItem['list']): TemplateEdit[] {
  if (slot.list === list) return [];
  const count = slots.filter((other) => other.group === slot.group && other.list === list).length;
  return moveBetween(slot, list, list === 'required' ? count : 0);
}

/** A name that nothing of the list has yet: `file`, `file_2`, … */
export function freeName(taken: readonly unknown[], wanted: string): string {
  let name = wanted;
  for (let count = 2; taken.includes(name); count += 1) name = `${wanted}_${String(count)}`;
  return name;
}
