/**
 * What choosing an option does to other widgets, as conditions and rules of their fields. Source: Open Composer, docs "Dynamic form
 * widget": hide, show, disable, enable; set-min, -max, -step, -label, -value, -required, -help.
 */
import { message } from '../../../../shared/messages/message.ts';
import { isReadable, type Chooser, type Choice, type Effect, type Say, type Widget } from './openComposerWidgets.ts';
import type { ImportedParameter } from './importedTemplate.ts';

const SET = /^set-(min|max|step|label|value|required|help)-(.+)$/;
const SHOW = /^(hide|disable|show|enable)-([^-].*)$/;
const KEYS: Readonly<Record<string, string>> = { value: 'default' };

/** Puts the effects of all choices into the parameters of `widgets`. */
export function applyEffects(widgets: readonly Widget[], choosers: readonly Chooser[], say: Say): void {
  const behind = new Map<string, Set<string>>();
  /** Whether the value of `target` may follow `of`: not when that one follows it already. */
  const mayFollow = (target: string, of: string): boolean => {
    if (reaches(behind, of, target)) return false;
    behind.set(target, (behind.get(target) ?? new Set()).add(of));
    return true;
  };
  for (const chooser of choosers) {
    const source = widgets.find((widget) => widget.of === chooser.of && widget.parameter.name === chooser.of);
    if (source === undefined) continue;
    applySwitches(widgets, chooser, mayFollow, say);
    for (const choice of chooser.choices) applySettings(widgets, choosers, chooser, choice, mayFollow, say);
  }
}

/** From `start` along what each follows. */
function reaches(behind: ReadonlyMap<string, ReadonlySet<string>>, start: string, end: string): boolean {
  const seen = new Set([start]);
  for (const name of seen) for (const next of behind.get(name) ?? []) seen.add(next);
  return seen.has(end);
}

const targetsOf = (widgets: readonly Widget[], target: string): Widget[] =>
  widgets.filter(({ of, parameter }) => of === target || parameter.name === target);

function applySwitches(
  widgets: readonly Widget[],
  { of, kind, choices, line }: Chooser,
  mayFollow: (target: string, of: string) => boolean,
  say: Say,
): void {
  const hiding = new Map<string, Choice[]>();
  const showing = new Map<string, Choice[]>();
  for (const choice of choices) {
    for (const { name } of choice.effects) {
      const [, verb, target = ''] = SHOW.exec(name) ?? [];
      if (verb === undefined || targetsOf(widgets, target).length === 0) continue;
      const touched = verb === 'hide' || verb === 'disable' ? hiding : showing;
      touched.set(target, [...(touched.get(target) ?? []), choice]);
      say('changed', line, `${of}: ${choice.label}: ${name}`, message('imports.shownOrHidden'));
    }
  }
  const values = (found: readonly Choice[]): string[] => found.map(({ value }) => value);
  const others = (found: readonly Choice[]): string[] => values(choices.filter((choice) => !found.includes(choice)));
  const follow = (target: string, conditions: readonly Record<string, unknown>[]): void => {
    for (const { parameter } of targetsOf(widgets, target)) {
      if (mayFollow(parameter.name, of))
        parameter['visible_when'] = [...list(parameter['visible_when']), ...conditions];
      else
        say(
          'unsupported',
          line,
          message('openComposer.two', { one: of, other: parameter.name }),
          message('openComposer.hideEachOther', { shown: parameter.name, of }),
        );
    }
  };
  for (const [target, found] of hiding)
    follow(
      target,
      kind === 'checkbox' ? found.map(({ value }) => ({ field: of, not: value })) : [{ field: of, in: others(found) }],
    );
  // both of one widget: showing is what hiding leaves
  for (const [target, found] of showing) if (!hiding.has(target)) follow(target, [{ field: of, in: values(found) }]);
}

const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** One rule for each field that the choice sets something of; of several options that it takes away, what is left. */
function applySettings(
  widgets: readonly Widget[],
  choosers: readonly Chooser[],
  { of, line }: Chooser,
  choice: Choice,
  mayFollow: (target: string, of: string) => boolean,
  say: Say,
): void {
  const when = { [of]: choice.value };
  const rules = new Map<Widget, Record<string, unknown>>();
  const add = (widget: Widget, key: string, value: unknown): void =>
    void rules.set(widget, { ...rules.get(widget), [key]: value });
  for (const effect of choice.effects) {
    const what = `${of}: ${choice.label}: ${effect.name}${effect.value === null ? '' : `: ${effect.value}`}`;
    const done = settingsOf(widgets, choosers, effect, rules);
    if (done === 'switch') continue;
    if (done === null) say('unsupported', line, what, message('openComposer.noSuchRule'));
    for (const { widget, key, value } of done ?? []) {
      if (!isReadable(fieldWith(widget.parameter, { ...rules.get(widget), [key]: value })))
        say('unsupported', line, what, message('imports.notAccepted'));
      else if (key === 'default' && !mayFollow(widget.parameter.name, of))
        say('unsupported', line, what, message('openComposer.circle'));
      else {
        add(widget, key, value);
        say(
          key === 'default' ? 'changed' : 'taken',
          line,
          what,
          key === 'default' ? message('openComposer.follows') : null,
        );
      }
    }
  }
  for (const [{ parameter }, rule] of rules) parameter['rules'] = [...list(parameter['rules']), { when, ...rule }];
}

/** The field as the rule would have it, without a default that only holds outside of it. */
function fieldWith(parameter: ImportedParameter, rule: Readonly<Record<string, unknown>>): ImportedParameter {
  const { default: _default, ...rest } = parameter;
  return { ...rest, name: parameter.name, type: parameter.type, ...rule };
}

interface Setting {
  readonly widget: Widget;
  readonly key: string;
  readonly value: unknown;
}

/** What an effect sets of which fields; `switch` for one that hides or shows, null for what has no counterpart. */
function settingsOf(
  widgets: readonly Widget[],
  choosers: readonly Chooser[],
  { name, value }: Effect,
  rules: ReadonlyMap<Widget, Readonly<Record<string, unknown>>>,
): Setting[] | 'switch' | null {
  const [, verb, of = ''] = SHOW.exec(name) ?? [];
  if (verb !== undefined)
    return targetsOf(widgets, of).length > 0 ? 'switch' : optionSetting(widgets, choosers, verb, of, rules);
  const [, what = '', target = ''] = SET.exec(name) ?? [];
  const targets = targetsOf(widgets, target);
  if (targets.length === 0 || value === null) return null;
  const key = KEYS[what] ?? what;
  return targets.flatMap((widget): Setting[] => {
    const { type } = widget.parameter;
    if (key === 'min' || key === 'max' || key === 'step')
      return type === 'integer' || type === 'number' ? [{ widget, key, value: Number(value) }] : [];
    if (key === 'required') return [{ widget, key, value: value === 'true' }];
    if (key === 'label' || key === 'help') return [{ widget, key, value }];
    const chosen = choosers
      .find((chooser) => chooser.of === widget.of)
      ?.choices.find(({ label }) => label === value)?.value;
    if (type === 'select' || type === 'multiselect')
      return chosen === undefined ? [] : [{ widget, key, value: type === 'select' ? chosen : [chosen] }];
    return [{ widget, key, value: type === 'integer' || type === 'number' ? Number(value) : value }];
  });
}

/** `disable-queue-Large queue`: an option of another widget, by its label. */
function optionSetting(
  widgets: readonly Widget[],
  choosers: readonly Chooser[],
  verb: string,
  of: string,
  rules: ReadonlyMap<Widget, Readonly<Record<string, unknown>>>,
): Setting[] | null {
  for (const widget of widgets) {
    const label = of.startsWith(`${widget.of}-`) ? of.slice(widget.of.length + 1) : null;
    const choice =
      label === null
        ? undefined
        : choosers.find((chooser) => chooser.of === widget.of)?.choices.find((each) => each.label === label);
    if (choice === undefined || verb === 'show' || verb === 'enable') continue;
    const before = (rules.get(widget)?.['options'] ?? widget.parameter['options']) as { value: string }[];
    return [{ widget, key: 'options', value: before.filter(({ value }) => value !== choice.value) }];
  }
  return null;
}
