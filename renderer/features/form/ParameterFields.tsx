import { useMemo } from 'react';
import type { ClusterFacts } from '../../../shared/domain/cluster/profile.ts';
import { formLines } from '../../../shared/domain/template/formLines.ts';
import { visibleParameters } from '../../../shared/domain/template/parameterForm.ts';
import { checkParameter } from '../../../shared/domain/template/parameters.ts';
import type { Parameter, ParameterValue } from '../../../shared/domain/template/schema.ts';
import { useImages } from '../../stores/images.ts';
import { useClusters, useIsConnected } from '../../stores/clusters.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import {
  Checkbox,
  ComboBox,
  Field,
  FormGrid,
  FormRow,
  FormToggles,
  Group,
  NumberField,
  Section,
  Select,
  TextField,
  type Choice,
  type FieldProps,
} from '../../ui/index.ts';
import { parameterValue, withParameter } from './session/draft.ts';
import { WORDS } from './choiceWords.ts';
import { accountsOf, gpuTypesOf, qosOf } from './factChoices.ts';
import { useFormView } from './focusField.ts';
import { moduleChoices } from './moduleChoices.ts';
import { useModules } from './modules.ts';
import { ResetButton } from './ResetButton.tsx';
import { useChangeDraft, useFieldProblem, useFormSession } from './formSessionContext.ts';
import { SpelledField } from './SpelledField.tsx';
import { readableMemory, readableTime, spellMemory, spellTime } from './spelling.ts';

/** The template's own fields, in their groups; advanced ones fold away. */
export function ParameterFields() {
  const template = useFormSession((session) => session.detail.template);
  const values = useFormSession((session) => session.draft.parameters);
  const isOpen = useFormView((view) => view.areAdvancedParametersOpen);
  const shown = useMemo(() => visibleParameters(template, values), [template, values]);
  if (template.parameters.length === 0) return null;
  const plain = shown.filter((parameter) => !parameter.advanced);
  const advanced = shown.filter((parameter) => parameter.advanced);
  const groups = [...new Set(plain.map((parameter) => parameter.group))].sort(
    (a, b) => Number(a !== null) - Number(b !== null),
  );
  return (
    <Group title={t('launch.parameters')}>
      {groups.map((group) => (
        <div key={group ?? ''} className="form-part" role="group" aria-label={group ?? t('launch.parameters')}>
          {group === null ? null : <h4 className="form-subhead">{group}</h4>}
          <ParameterLines parameters={plain.filter((parameter) => parameter.group === group)} />
        </div>
      ))}
      {advanced.length === 0 ? null : (
        <Section
          title={t('launch.advanced')}
          level={4}
          isOpen={isOpen}
          onToggle={(open) => useFormView.setState({ areAdvancedParametersOpen: open })}
        >
          <ParameterLines parameters={advanced} />
        </Section>
      )}
    </Group>
  );
}

/** Fields of one part of the form, those that belong together beside one another. */
function ParameterLines({ parameters }: { parameters: readonly Parameter[] }) {
  const field = (parameter: Parameter) => <ParameterField key={parameter.name} parameter={parameter} />;
  return (
    <FormGrid>
      {formLines(parameters).map((line) => {
        switch (line.kind) {
          case 'field':
            return field(line.parameter);
          case 'row':
            return <FormRow key={line.name}>{line.parameters.map(field)}</FormRow>;
          case 'toggles':
            return <FormToggles key={line.parameters[0]?.name}>{line.parameters.map(field)}</FormToggles>;
        }
      })}
    </FormGrid>
  );
}

function choicesOf(
  parameter: Parameter,
  facts: ClusterFacts | null,
  images: readonly string[],
  modules: Choice[],
): Choice[] {
  switch (parameter.optionsFrom) {
    case null:
      return parameter.options.map(({ value, label }) => ({
        id: value,
        label: label || value,
        ...(label === '' || label === value ? {} : { detail: value }),
      }));
    case 'partitions':
      return facts?.partitions.map(({ name }) => ({ id: name, label: name })) ?? [];
    case 'accounts':
      return accountsOf(facts, null, '', WORDS);
    case 'qos':
      return qosOf(facts, null, '', '', WORDS);
    case 'gpu_types':
      return gpuTypesOf(facts, null, null, WORDS);
    case 'images':
      return images.map((path) => ({ id: path, label: path.slice(path.lastIndexOf('/') + 1), detail: path }));
    case 'modules':
      return modules;
  }
}

function ParameterField({ parameter }: { parameter: Parameter }) {
  const field = `parameters.${parameter.name}`;
  const template = useFormSession((session) => session.detail.template);
  const value = useFormSession((session) => parameterValue(template, session.draft, parameter.name));
  const clusterId = useFormSession((session) => session.draft.clusterId);
  const files = useFormSession((session) => session.draft.files);
  const facts = useClusters((store) => store.facts[clusterId] ?? null);
  const images = useImages((store) => store.lists[clusterId]?.images);
  const isOpen = useIsConnected(clusterId);
  const modules = useModules(clusterId, parameter.optionsFrom === 'modules', isOpen);
  const found = useFieldProblem(field);
  const changeDraft = useChangeDraft();
  const change = (next: ParameterValue): void =>
    changeDraft((draft) => withParameter(template, draft, parameter.name, next));

  // The field's own rules answer before the core does.
  const own = found ? null : checkParameter(parameter, value);
  const text = value === null ? '' : Array.isArray(value) ? value.join(',') : String(value);
  const label = parameter.label || parameter.name;
  const paths =
    parameter.optionsFrom === 'images' ? (images ?? []).filter(({ active }) => active).map(({ path }) => path) : [];
  const choices = choicesOf(
    parameter,
    facts,
    paths,
    parameter.optionsFrom === 'modules' ? moduleChoices(modules, text) : [],
  );
  // a list that the cluster does not give is no reason to be stuck
  const isUntold =
    parameter.optionsFrom !== null && (parameter.optionsFrom === 'modules' ? modules : choices).length === 0;
  const help = [parameter.help, isUntold ? t('launch.untold') : ''].filter(Boolean).join(' ');
  const shared = {
    label,
    name: field,
    required: parameter.required,
    problem: found ?? (own ? { severity: own.severity, message: sayMessage(own.message) } : null),
    ...(help === '' ? {} : { help }),
    aside: <ResetButton field={field} label={label} />,
  };

  switch (parameter.type) {
    case 'integer':
    case 'number':
      return (
        <NumberField
          {...shared}
          value={typeof value === 'number' ? value : text === '' ? null : Number(text)}
          onChange={(next) => change(next ?? '')}
          {...(parameter.unit === null ? {} : { unit: parameter.unit })}
          {...(parameter.min === null ? {} : { min: parameter.min })}
          {...(parameter.max === null ? {} : { max: parameter.max })}
          step={parameter.step ?? (parameter.type === 'integer' ? 1 : stepOf(value))}
        />
      );
    case 'boolean':
      return (
        <Checkbox
          isSelected={value === true || value === 'true'}
          onChange={change}
          name={field}
          problem={shared.problem}
          {...(parameter.help === '' ? {} : { help: parameter.help })}
        >
          {label}
        </Checkbox>
      );
    case 'multiselect':
      if (isUntold)
        return <TextField {...shared} value={text} onChange={(next) => change(next === '' ? [] : next.split(','))} />;
      return (
        <ManyField
          {...shared}
          chosen={Array.isArray(value) ? value : text === '' ? [] : text.split(',')}
          choices={choices}
          onChange={change}
        />
      );
    case 'select':
      return parameter.optionsFrom === null ? (
        <Select
          {...shared}
          items={choices}
          value={text === '' ? null : text}
          onChange={change}
          placeholder={t('launch.choose')}
        />
      ) : (
        <ComboBox {...shared} items={choices} value={text} onChange={change} />
      );
    case 'duration':
      return (
        <SpelledField
          {...shared}
          value={text}
          onChange={change}
          spell={spellTime}
          read={readableTime}
          placeholder="04:00:00"
        />
      );
    case 'memory':
      return (
        <SpelledField
          {...shared}
          value={text}
          onChange={change}
          spell={spellMemory}
          read={readableMemory}
          placeholder="32G"
        />
      );
    case 'file':
      return (
        <ComboBox
          {...shared}
          items={files.map(({ name }) => ({ id: name, label: name }))}
          value={text}
          onChange={change}
        />
      );
    case 'path':
      return <TextField {...shared} value={text} onChange={change} mono placeholder="/" />;
    case 'text':
      return parameter.optionsFrom === null ? (
        <TextField
          {...shared}
          value={text}
          onChange={change}
          {...(parameter.unit === null ? {} : { unit: parameter.unit })}
        />
      ) : (
        <ComboBox {...shared} items={choices} value={text} onChange={change} />
      );
  }
}

/** A tenth of the value's size: 0.001 steps by 0.0001. */
function stepOf(value: ParameterValue | null): number {
  const size = Math.abs(Number(value));
  return size > 0 && Number.isFinite(size) ? 10 ** (Math.floor(Math.log10(size)) - (size < 1 ? 0 : 1)) : 0.1;
}

interface ManyFieldProps extends FieldProps {
  chosen: readonly string[];
  choices: readonly Choice[];
  onChange: (value: string[]) => void;
}

function ManyField({ chosen, choices, onChange, ...field }: ManyFieldProps) {
  const offered = [
    ...choices,
    ...chosen.filter((id) => !choices.some((choice) => choice.id === id)).map((id) => ({ id, label: id })),
  ];
  return (
    <Field {...field}>
      <div className="form-many" role="group" aria-label={field.label}>
        {offered.map(({ id, label }) => (
          <Checkbox
            key={id}
            isSelected={chosen.includes(id)}
            onChange={(isOn) => onChange(isOn ? [...chosen, id] : chosen.filter((other) => other !== id))}
          >
            {label}
          </Checkbox>
        ))}
      </div>
    </Field>
  );
}
