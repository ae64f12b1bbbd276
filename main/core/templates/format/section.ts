/** Reads one map of a template file key by key: each wrong or unknown key becomes a problem with its place, never an exception. */
import { message, type Message } from '../../../../shared/messages/message.ts';
import { problem, type Problem } from '../../../../shared/domain/problem/schema.ts';
import { ERRORS } from '../../../../shared/errors/codes.ts';
import { nearest } from './nearest.ts';
import { UNWRITABLE, type Place, type YamlEntry, type YamlMap, type YamlTree } from '../../text/yamlTree.ts';

/** More than anybody reads at once. */
const MAX_PROBLEMS = 100;

/** Collects the problems of one file. */
export class Report {
  readonly file: string;
  readonly problems: Problem[] = [];
  #errors = 0;

  constructor(file: string) {
    this.file = file;
  }

  get failed(): boolean {
    return this.#errors > 0;
  }

  error(rule: string, key: string | null, at: Place, what: Message, hint: Message | null = null): void {
    this.#errors += 1;
    this.#add('error', rule, key, at, what, hint);
  }

  warn(rule: string, key: string | null, at: Place, what: Message, hint: Message | null = null): void {
    this.#add('warning', rule, key, at, what, hint);
  }

  #add(
    severity: Problem['severity'],
    rule: string,
    key: string | null,
    at: Place,
    what: Message,
    hint: Message | null,
  ): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    this.problems.push(
      problem({
        rule: `template-${rule}`,
        code: ERRORS.TEMPLATE_INVALID.code,
        severity,
        message: key === null ? what : message('words.about', { what: key, text: what }),
        hint,
        field: key,
        file: this.file,
        line: at.line,
        column: at.column,
      }),
    );
  }
}

/** What a value is, in the words of an error message. */
export function describe(tree: YamlTree): string | Message {
  if (tree.kind === 'list') return message('format.value.list', { count: tree.items.length });
  if (tree.kind === 'map') return message('format.value.map');
  if (tree.value === null) return message('format.value.nothing');
  const text = String(tree.value);
  return typeof tree.value === 'string' ? `“${text.length > 60 ? `${text.slice(0, 60)}…` : text}”` : text;
}

const TRUE = new Set(['true', 'yes', 'on']);
const FALSE = new Set(['false', 'no', 'off']);

/** What a `text` must be like. */
export interface TextRule {
  /** Said after "expected". */
  readonly expected: Message;
  readonly test: (value: string) => boolean;
}

const ANY_TEXT: TextRule = { expected: message('format.a.text'), test: () => true };

/** That a near word was probably meant; null where none is near. */
export const didYouMean = (near: string | null): Message | null =>
  near === null ? null : message('words.didYouMean', { name: near });

export class Section {
  readonly map: YamlMap;
  readonly path: string;
  readonly report: Report;
  readonly #known = new Set<string>();

  constructor(map: YamlMap, path: string, report: Report) {
    this.map = map;
    this.path = path;
    this.report = report;
  }

  key(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`;
  }

  /** The first of these keys that is there with a value; all of them are known from now on. */
  entry(...names: string[]): YamlEntry | null {
    let found: YamlEntry | null = null;
    for (const name of names) {
      this.#known.add(name);
      const entry = this.map.entries.get(name);
      if (entry === undefined || isNothing(entry.value)) continue;
      if (found === null) found = entry;
      else
        this.report.warn(
          'older-spelling',
          this.key(name),
          entry.keyAt,
          message('format.olderSpelling', { other: found.key }),
        );
    }
    return found;
  }

  /** A wrong value at a key. */
  wrong(entry: YamlEntry, expected: Message): void {
    this.report.error(
      'value',
      this.key(entry.key),
      entry.value.at,
      message('format.found', { expected, found: describe(entry.value) }),
    );
  }

  require(name: string, expected: Message): void {
    if (this.entry(name) === null)
      this.report.error('missing-key', this.key(name), this.map.at, message('format.missing', { expected }));
  }

  /** Any scalar as it was written: `version: 1.0` is the text "1.0". */
  text(names: string | string[], fallback: string, rule: TextRule = ANY_TEXT): string {
    const entry = this.entry(...[names].flat());
    if (entry === null) return fallback;
    const text = entry.value.kind === 'scalar' ? entry.value.source.replaceAll('\r\n', '\n') : null;
    if (text === null || !rule.test(text)) {
      this.wrong(entry, rule.expected);
      return fallback;
    }
    if (this.#control(entry, text)) return fallback;
    return text;
  }

  optionalText(names: string | string[], rule?: TextRule): string | null {
    return this.entry(...[names].flat()) === null ? null : this.text(names, '', rule);
  }

  flag(name: string, fallback: boolean): boolean {
    const entry = this.entry(name);
    if (entry === null) return fallback;
    const word = entry.value.kind === 'scalar' ? entry.value.source.toLowerCase() : '';
    if (TRUE.has(word)) return true;
    if (!FALSE.has(word)) this.wrong(entry, message('format.a.flag'));
    return FALSE.has(word) ? false : fallback;
  }

  number(name: string): number | null {
    const entry = this.entry(name);
    if (entry === null) return null;
    if (entry.value.kind === 'scalar' && typeof entry.value.value === 'number' && Number.isFinite(entry.value.value))
      return entry.value.value;
    this.wrong(entry, message('format.a.number'));
    return null;
  }

  /** One of a few words. An unknown one is an error, with the nearest as a hint. */
  choice<const T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const entry = this.entry(name);
    if (entry === null) return fallback;
    const word = entry.value.kind === 'scalar' ? entry.value.source : '';
    const found = choices.find((choice) => choice === word);
    if (found !== undefined) return found;
    const near = nearest(word, choices);
    this.report.error(
      'value',
      this.key(name),
      entry.value.at,
      message('format.oneOf', { choices: choices.join(', '), found: describe(entry.value) }),
      didYouMean(near),
    );
    return fallback;
  }

  /** A list of scalars as texts; one scalar alone counts as a list of one. */
  texts(name: string, rule: TextRule = ANY_TEXT): string[] {
    const entry = this.entry(name);
    if (entry === null) return [];
    const items = entry.value.kind === 'list' ? entry.value.items : [entry.value];
    return items.flatMap((item, i) => {
      const text = item.kind === 'scalar' && item.value !== null ? item.source : null;
      if (text !== null && rule.test(text)) return this.#control({ ...entry, value: item }, text) ? [] : [text];
      this.report.error(
        'value',
        `${this.key(name)}[${String(i)}]`,
        item.at,
        message('format.found', { expected: rule.expected, found: describe(item) }),
      );
      return [];
    });
  }

  section(...names: string[]): Section | null {
    const entry = this.entry(...names);
    if (entry === null) return null;
    if (entry.value.kind === 'map') return new Section(entry.value, this.key(entry.key), this.report);
    this.wrong(entry, message('format.a.map'));
    return null;
  }

  /** A list of maps. */
  sections(...names: string[]): Section[] {
    const entry = this.entry(...names);
    if (entry === null) return [];
    if (entry.value.kind !== 'list') {
      this.wrong(entry, message('format.a.list'));
      return [];
    }
    return entry.value.items.flatMap((item, i) => {
      const path = `${this.key(entry.key)}[${String(i)}]`;
      if (item.kind === 'map') return [new Section(item, path, this.report)];
      this.report.error(
        'value',
        path,
        item.at,
        message('format.found', { expected: message('format.a.map'), found: describe(item) }),
      );
      return [];
    });
  }

  /** Names the keys that nobody asked for. They are kept in the file and have no effect. */
  end(): void {
    for (const entry of this.map.entries.values()) {
      if (this.#known.has(entry.key)) continue;
      const near = nearest(entry.key, this.#known);
      const shown = entry.key.slice(0, 80);
      this.report.warn(
        'unknown-key',
        this.key(shown),
        entry.keyAt,
        message('format.unknownKey', { key: shown }),
        didYouMean(near),
      );
    }
  }

  /** Escapes such as "\0" put characters into a value that the file itself does not show. */
  #control(entry: YamlEntry, text: string): boolean {
    const found = UNWRITABLE.test(text);
    if (found)
      this.report.error('control-character', this.key(entry.key), entry.value.at, message('format.controlCharacter'));
    return found;
  }
}

function isNothing(tree: YamlTree): boolean {
  return tree.kind === 'scalar' && tree.value === null;
}
