import type { z } from 'zod';
import { MAX_TEXT } from '../../../../shared/domain/bounds/limits.ts';
import type { Dice } from './dice.ts';
import { damaged, hostileNumber, hostileOther, hostileText } from './hostileValues.ts';
import type { Known } from './known.ts';

/** Which known values a field may hold, by its name. */
const MEANING: Readonly<Record<string, string>> = {
  clusterId: 'clusterId',
  templateId: 'templateId',
  id: 'templateId',
  newId: 'templateId',
  runId: 'runId',
  runIds: 'runId',
  requestId: 'requestId',
  handle: 'handle',
  handles: 'handle',
  added: 'handle',
  promptId: 'promptId',
  files: 'handle',
  operationId: 'operationId',
  jobId: 'jobId',
  hash: 'hash',
  baseHash: 'hash',
  text: 'text',
  base: 'scriptText',
  mine: 'scriptText',
  slot: 'slot',
  imagePath: 'imagePath',
  key: 'key',
  query: 'word',
  alias: 'alias',
  fileName: 'fileName',
  fingerprint: 'fingerprint',
  field: 'field',
  watcher: 'key',
  user: 'user',
  host: 'host',
  port: 'port',
  privateTemplates: 'folder',
  communityTemplates: 'folder',
  partition: 'partition',
  time: 'duration',
  mem: 'memory',
  array: 'arraySpec',
  gres: 'gres',
  states: 'state',
  currency: 'currency',
};

/** What nothing is called, but could be. */
const EXAMPLES: Readonly<Record<string, string>> = {
  clusterId: 'none',
  templateId: 'none',
  runId: 'r0123456789ab',
  requestId: 'request-1',
  handle: 'f0123456789abcdef',
  promptId: 'p0123456789ab',
  operationId: 'o0123456789ab',
  jobId: '17',
  fingerprint: 'SHA256:none',
};

type Schema = z.core.$ZodTypes;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Values for a schema: of its shape, with what is hostile, at a bound, or known to exist in its leaves. */
export class Generator {
  readonly #dice: Dice;
  readonly #known: Known;
  constructor(dice: Dice, known: Known) {
    this.#dice = dice;
    this.#known = known;
  }

  value(schema: z.core.$ZodType, field: string): unknown {
    const { def: definition } = (schema as Schema)._zod;
    switch (definition.type) {
      case 'object':
        return this.#object(definition, field);
      case 'union':
        return this.value(this.#dice.pick(definition.options) ?? schema, field);
      case 'optional':
      case 'default':
        return this.#dice.chance(0.4) ? undefined : this.value(definition.innerType, field);
      case 'nullable':
        return this.#dice.chance(0.3) ? null : this.value(definition.innerType, field);
      case 'array':
        return Array.from({ length: this.#length(schema as Schema) }, () => this.value(definition.element, field));
      case 'record':
        return Object.fromEntries(
          Array.from({ length: this.#length(schema as Schema) }, () => [
            this.#knownOf('parameter') ?? hostileText(this.#dice, 300),
            this.value(definition.valueType, 'parameterValue'),
          ]),
        );
      case 'enum':
        return this.#dice.pick(Object.values(definition.entries));
      case 'literal':
        return definition.values[0];
      case 'boolean':
        return this.#dice.chance(0.5);
      case 'number':
        return this.#number(schema as Schema, field);
      case 'string':
        return this.#string(schema as Schema, field);
      default:
        return hostileOther(this.#dice);
    }
  }

  /** Changes one place of a value against its schema, or against good sense. */
  mutated(value: unknown): unknown {
    const dice = this.#dice;
    if (typeof value === 'string' && dice.chance(0.7)) return damaged(dice, value, MAX_TEXT + 1);
    if (Array.isArray(value) && value.length > 0 && dice.chance(0.8)) {
      const items: readonly unknown[] = value;
      const at = dice.below(items.length);
      const ways = [
        () => items.with(at, this.mutated(items[at])),
        () => items.toSpliced(at, 1),
        () => [...items, items[at]],
        () => Array<unknown>(dice.pick([2, 1001])).fill(items[at]),
      ];
      return dice.pick(ways)?.();
    }
    if (isRecord(value) && Object.keys(value).length > 0 && dice.chance(0.9)) {
      const key = dice.pick(Object.keys(value)) ?? '';
      const rest = Object.entries(value).filter(([name]) => name !== key);
      if (dice.chance(0.1)) return Object.fromEntries(rest);
      if (dice.chance(0.1))
        return Object.fromEntries([...Object.entries(value), [hostileText(dice, 300), hostileOther(dice)]]);
      return { ...value, [key]: this.mutated(value[key]) };
    }
    if (typeof value === 'number' && dice.chance(0.7)) return hostileNumber(dice);
    if (typeof value === 'boolean' && dice.chance(0.7)) return !value;
    return hostileOther(dice);
  }

  #object(definition: z.core.$ZodObjectDef, field: string): unknown {
    const whole = this.#whole(Object.keys(definition.shape), field);
    if (whole !== undefined) return whole;
    const own = Object.entries(definition.shape).flatMap(([key, schema]) => {
      const value = this.value(schema, key);
      return value === undefined ? [] : [[key, value] as const];
    });
    const others =
      definition.catchall === undefined || this.#dice.chance(0.6)
        ? []
        : [[hostileText(this.#dice, 60), this.value(definition.catchall, 'other')] as const];
    const made: Record<string, unknown> = Object.fromEntries([...own, ...others]);
    // an id and its source belong together
    const ref = this.#knownOf('ref');
    const idKey = 'templateId' in made ? 'templateId' : 'id';
    const sourceKey = 'templateSource' in made ? 'templateSource' : 'source';
    if (isRecord(ref) && idKey in made && sourceKey in made && this.#dice.chance(0.8))
      return { ...made, [idKey]: ref['id'], [sourceKey]: ref['source'] };
    return made;
  }

  /** A draft, a profile or a file of a draft that was good, perhaps damaged at one place. */
  #whole(keys: readonly string[], field: string): unknown {
    const kind =
      field === 'draft'
        ? 'draft'
        : field === 'profile'
          ? 'profile'
          : field === 'files' && keys.includes('handle')
            ? 'draftFile'
            : null;
    if (kind === null || this.#dice.chance(0.25)) return undefined;
    const known = this.#knownOf(kind);
    return known !== undefined && this.#dice.chance(0.6) ? this.mutated(known) : known;
  }

  #knownOf(kind: string | undefined): unknown {
    return kind === undefined ? undefined : this.#dice.pick(this.#known.of(kind));
  }

  #length(schema: Schema): number {
    const dice = this.#dice;
    const least = (schema._zod.def.checks ?? []).some((check) => check._zod.def.check === 'min_length')
      ? Number(dice.chance(0.9))
      : 0;
    return dice.chance(0.02) ? dice.pick([200, 1000, 1001]) : least + dice.below(3);
  }

  #number(schema: Schema, field: string): unknown {
    const dice = this.#dice;
    const { def: definition } = schema._zod;
    const known = this.#knownOf(MEANING[field]);
    if (known !== undefined && dice.chance(0.7)) return known;
    if (dice.chance(0.5)) return dice.below(dice.pick([2, 10, 1000, 100_000]));
    const bounds = (definition.checks ?? []).flatMap((check) => {
      const { value } = check._zod.def as { value?: unknown };
      return typeof value === 'number' ? [value - 1, value, value + 1] : [];
    });
    return dice.chance(0.5) ? (dice.pick(bounds) ?? hostileNumber(dice)) : hostileNumber(dice);
  }

  #string(schema: Schema, field: string): unknown {
    const dice = this.#dice;
    const known = this.#knownOf(MEANING[field]);
    const most = (schema._zod.def.checks ?? []).reduce(
      (least, check) => Math.min(least, (check._zod.def as { maximum?: number }).maximum ?? least),
      MAX_TEXT,
    );
    if (typeof known === 'string' && dice.chance(0.8)) {
      const isText = known.length > 100 && dice.chance(0.7);
      return isText ? damaged(dice, known, most) : known;
    }
    const example = EXAMPLES[MEANING[field] ?? ''];
    if (example !== undefined && dice.chance(0.8)) return example;
    return hostileText(dice, dice.chance(0.02) ? most + 1 : most);
  }
}
