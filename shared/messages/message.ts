import type english from './en/index.ts';

type Catalogue = typeof english;
type Singular<K extends string> = K extends `${infer Base}_one` | `${infer Base}_other` ? Base : K;

/** Every sentence of the catalogue: `feature.key`. A key with `_one` and `_other` is named without them and takes `count`. */
export type MessageId = {
  [F in keyof Catalogue]: `${F}.${Singular<keyof Catalogue[F] & string>}`;
}[keyof Catalogue];

type TextOf<I extends string> = I extends `${infer F}.${infer K}`
  ? F extends keyof Catalogue
    ? K extends keyof Catalogue[F]
      ? Catalogue[F][K]
      : `${K}_other` extends keyof Catalogue[F]
        ? Catalogue[F][`${K}_other`]
        : never
    : never
  : never;
type Named<T extends string> = T extends `${infer Name}:moment` ? Name : T;
type Placeholder<T> = T extends `${string}{{${infer Name}}}${infer Rest}` ? Named<Name> | Placeholder<Rest> : never;

/** A sentence of two forms takes `count` even where it is not written in it: “64 GiB is asked for”. */
type CountOf<I extends string> = I extends `${infer F}.${infer K}`
  ? F extends keyof Catalogue
    ? `${K}_other` extends keyof Catalogue[F]
      ? 'count'
      : never
    : never
  : never;

/** What fills the placeholders of a sentence: all of them, by name. `count` is a number, since a sentence is chosen by it. */
export type ValuesOf<I extends MessageId> = {
  readonly [Name in Placeholder<TextOf<I>> | CountOf<I>]: Name extends 'count' ? number : string | number | Message;
};

/**
 * A sentence before it is said in a language: which one of the catalogue, and what fills it. It is data: it crosses processes and is stored.
 * A value may be a message itself, for example the reason within an error.
 */
export interface Message {
  readonly id: MessageId;
  readonly values: { readonly [name: string]: string | number | Message };
}

/** A message of the catalogue. What it takes is known from its English text. */
export function message<I extends MessageId>(
  id: I,
  ...[values]: [Placeholder<TextOf<I>>] extends [never] ? [] : [values: ValuesOf<I>]
): Message {
  return { id, values: values ?? {} };
}

/** Words of somebody else (a server, the system, a site) as they are: no language of ours, so they stand in quotation marks. */
export function quoted(words: string): Message {
  return message('said.quoted', { words });
}

/** Words that a person wrote for this place, such as the help of a template's field: as they are, in whatever language. */
export function verbatim(text: string): Message {
  return message('said.verbatim', { text });
}

/** Two messages, one after the other. */
export function both(first: Message, second: Message): Message {
  return message('words.both', { first, second });
}

/** True for a value that is a sentence and not a word or number. */
export function isMessage(value: unknown): value is Message {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    typeof value.id === 'string' &&
    'values' in value &&
    typeof value.values === 'object' &&
    value.values !== null
  );
}

/** What may stand in a sentence, of anything: lists and records are for programs, and are left out of it. */
export function sayable(value: unknown): string | number | Message | null {
  return typeof value === 'string' || typeof value === 'number' || isMessage(value) ? value : null;
}
