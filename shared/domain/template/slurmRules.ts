/** Values of `slurm:` that follow fields of the form. */
import { fulfilled } from './parameterForm.ts';
import type { ParameterValues, SlurmRule, Template } from './schema.ts';

type Ruled = Pick<Template, 'slurm' | 'parameters' | 'slurmRules'>;

/** Of the rules of each option that hold among these values, the last. */
export function rulesThatHold(template: Ruled, given: ParameterValues): Map<string, SlurmRule> {
  const { slurmRules = [] } = template;
  if (slurmRules.length === 0) return new Map();
  const holds = fulfilled(template, given);
  return new Map(slurmRules.filter(({ when }) => when.every(holds)).map((rule) => [rule.option, rule]));
}

/**
 * The template with the values of `slurm:` that hold among these values of its fields, given or resolved; options of which a rule says that none is asked for are
 * not there. All that ask what a template asks for begin with it. One without rules is itself.
 */
export function withSlurmRules<T extends Ruled>(template: T, given: ParameterValues): T {
  if ((template.slurmRules ?? []).length === 0) return template;
  const slurm: Record<string, unknown> = { ...template.slurm };
  for (const { option, value } of rulesThatHold(template, given).values()) {
    if (value === null) Reflect.deleteProperty(slurm, option);
    else slurm[option] = value;
  }
  return { ...template, slurm: slurm as Template['slurm'], slurmRules: [] };
}
