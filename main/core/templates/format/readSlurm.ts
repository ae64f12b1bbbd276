import { message } from '../../../../shared/messages/message.ts';
import { clashesOf } from '../../../../shared/domain/request/exclusiveOptions.ts';
import { placeholderNames } from '../../../../shared/domain/template/parameters.ts';
import { directive, optionKey, type OptionValue } from '../../../../shared/domain/request/options.ts';
import { SlurmRequest } from '../../../../shared/domain/request/schema.ts';
import type { SlurmRule } from '../../../../shared/domain/template/schema.ts';
import { nearest } from './nearest.ts';
import { readConditions, type Mention } from './parameterKeys.ts';
import { describe, didYouMean, Section, type Report } from './section.ts';
import type { Place, YamlTree } from '../../text/yamlTree.ts';

const COMMON = Object.keys(SlurmRequest.shape);

/** Where a value stands, for what is said of it. */
interface Spot {
  readonly report: Report;
  readonly path: string;
  readonly keyAt: Place;
}

/**
 * `slurm:` — any option of sbatch, with `_` or `-`: a value, or a map of `value` and `rules`. Values keep their own spelling; those without a placeholder must have the
 * grammar that the script will ask of them.
 */
export function readSlurm(
  root: Section,
  parameters: ReadonlySet<string>,
): { slurm: SlurmRequest; slurmRules: SlurmRule[] } {
  const section = root.section('slurm');
  const request: Record<string, OptionValue> = {};
  const slurmRules: SlurmRule[] = [];
  if (section === null) return { slurm: request, slurmRules };
  const { report } = section;
  const places = new Map<string, { path: string; at: Place }>();
  const seen = new Set<string>();
  for (const entry of section.map.entries.values()) {
    section.entry(entry.key);
    const { value: tree } = entry;
    const key = optionKey(entry.key);
    const path = section.key(entry.key.slice(0, 80));
    places.set(key, { path, at: entry.keyAt });
    const spot = { report, path, keyAt: entry.keyAt };
    if (tree.kind === 'list') {
      report.error(
        'value',
        path,
        tree.at,
        message('format.found', { expected: message('format.a.one'), found: describe(tree) }),
      );
      continue;
    }
    if (tree.kind === 'scalar' && tree.value === null) continue;
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(key)) {
      report.error(
        'value',
        path,
        entry.keyAt,
        message('format.expected', { expected: message('format.a.optionName') }),
      );
      continue;
    }
    if (seen.has(key)) {
      report.error('duplicate-key', path, entry.keyAt, message('format.twiceInSlurm'));
      continue;
    }
    seen.add(key);
    const value =
      tree.kind === 'scalar'
        ? readValue(key, tree, parameters, spot)
        : readRuled(key, new Section(tree, path, report), parameters, slurmRules);
    if (value !== null && !Object.hasOwn(Object.prototype, key)) request[key] = value;
  }
  for (const { key, message: what } of clashesOf(request)) {
    const place = places.get(key);
    if (place !== undefined) report.warn('option-excluded', place.path, place.at, what, message('format.leaveOneOut'));
  }
  return { slurm: request, slurmRules };
}

/** `value` and `rules`, a list of `when` and `value`. Gives the value without rules, null where there is none. */
function readRuled(
  key: string,
  section: Section,
  parameters: ReadonlySet<string>,
  slurmRules: SlurmRule[],
): OptionValue | null {
  const { report } = section;
  const valueOf = (of: Section): OptionValue | null => {
    const entry = of.entry('value');
    if (entry === null) return null;
    if (entry.value.kind === 'scalar')
      return readValue(key, entry.value, parameters, { report, path: of.key('value'), keyAt: entry.keyAt });
    of.wrong(entry, message('format.a.one'));
    return null;
  };
  const mentions: Mention[] = [];
  section.require('rules', message('format.a.slurmRules'));
  const value = valueOf(section);
  for (const rule of section.sections('rules')) {
    rule.require('when', message('format.a.shortCondition'));
    // `value:` alone, or null, is none; without the key the rule would say nothing
    if (!rule.map.entries.has('value')) rule.require('value', message('format.a.valueOrNone'));
    const when = readConditions(rule, 'when', mentions);
    const ruled = valueOf(rule);
    rule.end();
    if (!Object.hasOwn(Object.prototype, key)) slurmRules.push({ option: key, when, value: ruled });
  }
  for (const { field, section: of, key: at, at: place } of mentions)
    if (!parameters.has(field))
      report.error('visible-when', of.key(at), place, message('format.noParameter', { name: field.slice(0, 80) }));
  section.end();
  return value;
}

/** One value of an option; null where it is none, or of no use. */
function readValue(
  key: string,
  tree: Extract<YamlTree, { kind: 'scalar' }>,
  parameters: ReadonlySet<string>,
  { report, path, keyAt }: Spot,
): OptionValue | null {
  if (tree.value === null) return null;
  const value =
    typeof tree.value === 'string'
      ? tree.value.trim()
      : Number.isInteger(tree.value) || typeof tree.value === 'boolean'
        ? tree.value
        : tree.source;
  const names = typeof value === 'string' ? placeholderNames(value) : [];
  const strange = names.find((name) => !parameters.has(name));
  if (strange !== undefined)
    report.error('placeholder', path, tree.at, message('format.noParameter', { name: `{{${strange.slice(0, 80)}}}` }));
  if (names.length > 0) return value;
  const line = directive(key, value);
  if (line.kind === 'invalid')
    report.error(
      'value',
      path,
      tree.at,
      message('format.valueFound', { reason: line.reason, found: describe(tree) }),
      line.mended === null ? null : message('format.wouldDo', { value: line.mended }),
    );
  else if (line.kind === 'ours')
    report.warn('ignored-option', path, keyAt, message('format.noEffect', { reason: line.reason }));
  else if (line.kind === 'line' && !line.known)
    report.warn('unknown-key', path, keyAt, message('format.passedOn'), didYouMean(nearest(key, COMMON)));
  return value;
}
