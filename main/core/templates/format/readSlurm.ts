import { message } from '../../../../shared/messages/message.ts';
import { clashesOf } from '../../../../shared/domain/request/exclusiveOptions.ts';
import { placeholderNames } from '../../../../shared/domain/template/parameters.ts';
import { directive, optionKey } from '../../../../shared/domain/request/options.ts';
import { SlurmRequest } from '../../../../shared/domain/request/schema.ts';
import { nearest } from './nearest.ts';
import { describe, didYouMean, type Section } from './section.ts';
import type { Place } from '../../text/yamlTree.ts';

const COMMON = Object.keys(SlurmRequest.shape);

/**
 * `slurm:` — any option of sbatch, with `_` or `-`. Values keep their own spelling; those without a placeholder must have the
 * grammar that the script will ask of them.
 */
export function readSlurm(root: Section, parameters: ReadonlySet<string>): SlurmRequest {
  const section = root.section('slurm');
  const request: Record<string, string | number | boolean> = {};
  if (section === null) return request;
  const places = new Map<string, { path: string; at: Place }>();
  for (const entry of section.map.entries.values()) {
    section.entry(entry.key);
    const { value: tree } = entry;
    const key = optionKey(entry.key);
    const path = section.key(entry.key.slice(0, 80));
    places.set(key, { path, at: entry.keyAt });
    if (tree.kind !== 'scalar') {
      section.report.error(
        'value',
        path,
        tree.at,
        message('format.found', { expected: message('format.a.one'), found: describe(tree) }),
      );
      continue;
    }
    if (tree.value === null) continue;
    if (!/^[a-z][a-z0-9_]{0,63}$/.test(key)) {
      section.report.error(
        'value',
        path,
        entry.keyAt,
        message('format.expected', { expected: message('format.a.optionName') }),
      );
      continue;
    }
    if (Object.hasOwn(request, key)) {
      section.report.error('duplicate-key', path, entry.keyAt, message('format.twiceInSlurm'));
      continue;
    }
    const value =
      typeof tree.value === 'string'
        ? tree.value.trim()
        : Number.isInteger(tree.value) || typeof tree.value === 'boolean'
          ? tree.value
          : tree.source;
    const names = typeof value === 'string' ? placeholderNames(value) : [];
    const strange = names.find((name) => !parameters.has(name));
    if (strange !== undefined)
      section.report.error(
        'placeholder',
        path,
        tree.at,
        message('format.noParameter', { name: `{{${strange.slice(0, 80)}}}` }),
      );
    if (names.length > 0) {
      request[key] = value;
      continue;
    }
    const line = directive(key, value);
    if (line.kind === 'invalid')
      section.report.error(
        'value',
        path,
        tree.at,
        message('format.valueFound', { reason: line.reason, found: describe(tree) }),
        line.mended === null ? null : message('format.wouldDo', { value: line.mended }),
      );
    else if (line.kind === 'ours')
      section.report.warn('ignored-option', path, entry.keyAt, message('format.noEffect', { reason: line.reason }));
    else if (line.kind === 'line' && !line.known) {
      const near = nearest(key, COMMON);
      section.report.warn('unknown-key', path, entry.keyAt, message('format.passedOn'), didYouMean(near));
    }
    if (!Object.hasOwn(Object.prototype, key)) request[key] = value;
  }
  for (const { key, message: what } of clashesOf(request)) {
    const place = places.get(key);
    if (place !== undefined)
      section.report.warn('option-excluded', place.path, place.at, what, message('format.leaveOneOut'));
  }
  return request;
}
