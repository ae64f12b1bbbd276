/** Where a change named in today's spelling belongs in a file that may have another one. */
import { optionKey } from '../../../../shared/domain/request/options.ts';
import type { TemplateEdit } from '../../../../shared/domain/template/studio.ts';
import type { Cut, PathStep } from './yamlSplice.ts';

type Data = Readonly<Record<string, unknown>>;
const isData = (value: unknown): value is Data => typeof value === 'object' && value !== null && !Array.isArray(value);
const has = (value: unknown, key: string): value is Data => isData(value) && Object.hasOwn(value, key);

/** The order in which the format is described; a new key goes before the first one that comes after it. */
const ROOT_ORDER = [
  'template',
  'slurm',
  'apptainer',
  'files',
  'parameters',
  'generated_files',
  'modules',
  'script',
  'validation',
];
const OLDER_FILES: Data = {
  input_schema: 'input_file_schema',
  config_schema: 'option_file_schema',
  output_pattern: 'output_file_pattern',
};
const OLDER_LISTS: Data = { required: 'required_files', optional: 'optional_files' };

/** The changes that an edit means in a file that says `root`. */
export function cutsFor(root: unknown, edit: TemplateEdit): Cut[] {
  const path = spelled(root, edit.path);
  const [first, second, third] = path;
  const parameters = isData(root) ? root.parameters : undefined;
  if (first === 'parameters' && isData(parameters)) {
    const cuts = inParameterMap(parameters, edit, path);
    if (cuts !== null) return cuts;
  }
  // an image alone, in short, becomes a map where more is said of it
  const image = isData(root) ? root.apptainer : undefined;
  if (first === 'apptainer' && typeof second === 'string' && (typeof image === 'string' || image === false)) {
    const isNone = image === false || image === 'none';
    if (!isNone && edit.kind === 'set' && second === 'image_name')
      return [{ kind: 'set', path: ['apptainer'], value: edit.value }];
    return [
      { kind: 'set', path: ['apptainer'], value: isNone ? { mode: 'none' } : { image_name: image } },
      { ...edit, path },
    ];
  }
  if (edit.kind === 'insert' || edit.kind === 'move') {
    // one word alone counts as a list of one
    const found = path.reduce<unknown>(
      (value, step) =>
        typeof step === 'string'
          ? has(value, step)
            ? value[step]
            : undefined
          : Array.isArray(value)
            ? value[step]
            : undefined,
      root,
    );
    if (typeof found === 'string' || typeof found === 'number')
      return [
        { kind: 'set', path, value: [found] },
        { ...edit, path },
      ];
    if (edit.kind === 'insert' && found == null) return cutsFor(root, { kind: 'set', path, value: [edit.value] });
  }
  if (
    edit.kind === 'set' &&
    typeof first === 'string' &&
    isData(root) &&
    !Object.hasOwn(root, first) &&
    third === undefined
  ) {
    const next = firstAfter(root, first);
    if (next > 0)
      return [
        {
          kind: 'insertKey',
          path: [],
          at: next,
          key: first,
          value:
            second === undefined ? edit.value : typeof second === 'string' ? { [second]: edit.value } : [edit.value],
        },
      ];
  }
  return [{ ...edit, path }];
}

function firstAfter(root: Data, key: string): number {
  const rank = ROOT_ORDER.indexOf(key);
  return rank === -1 ? -1 : Object.keys(root).findIndex((other) => ROOT_ORDER.indexOf(other) > rank);
}

/** The path with the names that the file uses. */
function spelled(root: unknown, path: readonly PathStep[]): PathStep[] {
  const [first, second, ...rest] = path;
  if (!isData(root) || typeof second !== 'string') return inParameter(root, path);
  if (first === 'slurm' && isData(root.slurm))
    return ['slurm', Object.keys(root.slurm).find((key) => optionKey(key) === optionKey(second)) ?? second, ...rest];
  if (
    first === 'apptainer' &&
    second === 'image_name' &&
    has(root.apptainer, 'image') &&
    !has(root.apptainer, 'image_name')
  )
    return ['apptainer', 'image', ...rest];
  if (first !== 'files' || !Object.hasOwn(OLDER_FILES, second)) return [...path];
  const older = String(OLDER_FILES[second]);
  const isOlder = !has(root.files, second) && Object.hasOwn(root, older);
  const group = isOlder ? root[older] : has(root.files, second) ? root.files[second] : undefined;
  return [...(isOlder ? [older] : [first, second]), ...inGroup(group, isOlder, rest)];
}

/** `required` or `required_files`: as the group has it, or as its other list is called. */
function inGroup(group: unknown, isOlder: boolean, rest: readonly PathStep[]): PathStep[] {
  const [list, ...more] = rest;
  if (typeof list !== 'string' || !Object.hasOwn(OLDER_LISTS, list)) return [...rest];
  const older = String(OLDER_LISTS[list]);
  const usesOlder = Object.values(OLDER_LISTS).some((name) => has(group, String(name)));
  const usesNew = Object.keys(OLDER_LISTS).some((name) => has(group, name));
  return [
    !has(group, list) && (has(group, older) || (usesOlder && !usesNew) || (isOlder && !usesNew)) ? older : list,
    ...more,
  ];
}

/** Parameters in a map are counted in their order; `help` may be called `description`. */
function inParameter(root: unknown, path: readonly PathStep[]): PathStep[] {
  const [first, index, key, ...rest] = path;
  if (first !== 'parameters' || typeof index !== 'number' || !isData(root)) return [...path];
  const { parameters } = root;
  const step = isData(parameters) ? (Object.keys(parameters)[index] ?? index) : index;
  const parameter = isData(parameters)
    ? parameters[String(step)]
    : Array.isArray(parameters)
      ? (parameters as unknown[])[index]
      : undefined;
  if (key === undefined) return ['parameters', step];
  return [
    'parameters',
    step,
    key === 'help' && !has(parameter, 'help') && has(parameter, 'description') ? 'description' : key,
    ...rest,
  ];
}

/** Parameters that are a map from name to the rest: the name is a key there. */
function inParameterMap(parameters: Data, edit: TemplateEdit, path: PathStep[]): Cut[] | null {
  const [, step, key, ...rest] = path;
  if (edit.kind === 'insert' && step === undefined && isData(edit.value)) {
    const { name, ...value } = edit.value;
    return [{ kind: 'insertKey', path, at: edit.at, key: String(name), value }];
  }
  if (edit.kind !== 'set' || typeof step !== 'string' || rest.length > 0) return null;
  if (key === 'name')
    return step === edit.value ? [] : [{ kind: 'rename', path: ['parameters', step], key: String(edit.value) }];
  if (key === undefined && isData(edit.value) && 'name' in edit.value) {
    const { name, ...value } = edit.value;
    const renamed: Cut[] = name === step ? [] : [{ kind: 'rename', path: ['parameters', step], key: String(name) }];
    return [...renamed, { kind: 'set', path: ['parameters', String(name)], value }];
  }
  return null;
}
