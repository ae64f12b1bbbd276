import type { Parameter } from '../schema.ts';

/** A field of a form with nothing but a name and a type. */
export const parameter = (name: string, type: Parameter['type'], rest: Partial<Parameter> = {}): Parameter => ({
  name,
  type,
  label: name,
  help: '',
  default: null,
  unit: null,
  min: null,
  max: null,
  step: null,
  limit: null,
  pattern: null,
  options: [],
  optionsFrom: null,
  group: null,
  row: null,
  advanced: false,
  required: false,
  visibleWhen: [],
  rules: [],
  ...rest,
});
