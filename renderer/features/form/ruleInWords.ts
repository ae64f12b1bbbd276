import type { Draft } from '../../../shared/domain/job/draft.ts';
import { currentParameters } from '../../../shared/domain/template/parameterForm.ts';
import type { Template, VisibleWhen } from '../../../shared/domain/template/schema.ts';
import { rulesThatHold } from '../../../shared/domain/template/slurmRules.ts';
import { t } from '../../i18n/index.ts';

/** Why a resource has the value that the form shows, where a rule of the template makes it so: `while Mode is SMP`. Null where none does. */
export function ruleInWords(
  template: Pick<Template, 'slurm' | 'parameters' | 'slurmRules'>,
  draft: Pick<Draft, 'resources' | 'parameters'>,
  key: string,
): string | null {
  if (draft.resources[key] !== undefined) return null;
  const rule = rulesThatHold(template, draft.parameters).get(key);
  if (rule === undefined) return null;
  const parameters = currentParameters(template, draft.parameters);
  const inWords = (condition: VisibleWhen): string[] => {
    const parameter = parameters.find(({ name }) => name === condition.field);
    const field = parameter?.label ?? condition.field;
    const said = (value: string | number | boolean): string =>
      typeof value === 'boolean' || parameter?.type === 'boolean'
        ? t(String(value) === 'true' ? 'launch.resources.on' : 'launch.resources.off')
        : (parameter?.options.find((option) => option.value === String(value))?.label ?? String(value));
    return [
      ...(condition.is === undefined ? [] : [t('launch.resources.is', { field, value: said(condition.is) })]),
      ...(condition.in === undefined
        ? []
        : [t('launch.resources.isOneOf', { field, values: condition.in.map(said).join(', ') })]),
      ...(condition.not === undefined ? [] : [t('launch.resources.isNot', { field, value: said(condition.not) })]),
    ];
  };
  const conditions = rule.when.flatMap(inWords).join(t('launch.resources.and'));
  return t(rule.value === null ? 'launch.resources.noneWhile' : 'launch.resources.while', { conditions });
}
