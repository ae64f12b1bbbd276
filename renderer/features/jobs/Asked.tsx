import { sayText } from '../../i18n/problem.ts';
import { useEffect, useMemo, useState } from 'react';
import type { JobRecord } from '../../../shared/domain/job/schema.ts';
import { currentParameters } from '../../../shared/domain/template/parameterForm.ts';
import { optionName, type OptionValue } from '../../../shared/domain/request/optionNames.ts';
import type { Parameter, ParameterValue } from '../../../shared/domain/template/schema.ts';
import { formatBytes, parseSlurmMemory } from '../../../shared/lib/bytes.ts';
import { formatDuration, parseSlurmDuration } from '../../../shared/lib/duration.ts';
import { client } from '../../client/index.ts';
import { t, type TextKey } from '../../i18n/index.ts';
import { Group } from '../../ui/index.ts';

/** The form's own names for what it has fields for. */
const REQUEST_LABELS: Readonly<Record<string, TextKey>> = {
  partition: 'launch.resources.partition',
  nodes: 'launch.resources.nodes',
  ntasks: 'launch.resources.ntasks',
  cpus_per_task: 'launch.resources.cpusPerTask',
  mem: 'launch.resources.mem',
  mem_per_cpu: 'launch.resources.memPerCpu',
  time: 'launch.resources.time',
  gres: 'launch.resources.gresText',
  account: 'launch.resources.account',
  qos: 'launch.resources.qos',
  constraint: 'launch.resources.constraint',
  reservation: 'launch.resources.reservation',
  array: 'launch.resources.array',
  dependency: 'launch.resources.dependency',
};

interface Line {
  /** As Slurm or the script calls it. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
}

/** What the job asked Slurm for, and the values of its form, under the names that the form shows. */
export function Asked({ job }: { job: JobRecord }) {
  const parameters = useParameters(job);
  const request = Object.entries(job.request).flatMap(([name, value]): Line[] => {
    const key = REQUEST_LABELS[name];
    return value === undefined || value === ''
      ? []
      : [
          {
            name: `--${name.replaceAll('_', '-')}`,
            label: key === undefined ? sayText(optionName(name)) : t(key),
            value: requestWords(name, value),
          },
        ];
  });
  const values = Object.entries(job.parameters).flatMap(([name, value]): Line[] => {
    const parameter = parameters.get(name);
    return value === '' ? [] : [{ name, label: parameter?.label ?? name, value: valueWords(value, parameter) }];
  });
  return (
    <>
      <Group title={t('jobs.sections.request')}>
        <Lines lines={request} />
      </Group>
      <Group title={t('jobs.sections.parameters')}>
        <Lines lines={values} />
      </Group>
    </>
  );
}

function Lines({ lines }: { lines: readonly Line[] }) {
  if (lines.length === 0) return <p className="muted">{t('jobs.noParameters')}</p>;
  return (
    <dl className="facts">
      {lines.map(({ name, label, value }) => (
        <div key={name} className="facts-line">
          <dt title={name}>{label}</dt>
          <dd className="selectable">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Sizes and times as they stand everywhere else in the window; what Slurm reads otherwise (`0` is all memory of a node) as it was asked for. */
function requestWords(name: string, value: OptionValue): string {
  if (typeof value === 'boolean') return t(value ? 'jobs.yes' : 'jobs.no');
  const text = String(value);
  const bytes = /^mem(?:_per_|$)/.test(name) ? parseSlurmMemory(text) : null;
  if (bytes !== null && bytes > 0) return formatBytes(bytes);
  const seconds = name === 'time' ? parseSlurmDuration(text) : null;
  return seconds === null || seconds === 0 ? text : formatDuration(seconds);
}

function valueWords(value: ParameterValue, parameter: Parameter | undefined): string {
  const one = (item: string): string => parameter?.options.find((option) => option.value === item)?.label ?? item;
  if (Array.isArray(value)) return value.map(one).join(', ');
  if (typeof value === 'boolean') return t(value ? 'jobs.yes' : 'jobs.no');
  const text = one(String(value));
  return parameter?.unit ? `${text} ${parameter.unit}` : text;
}

/** The template's fields by name, as they were for the job's values; none while it is read, and where it is gone: then the names stand for themselves. */
function useParameters({
  templateId,
  templateSource,
  parameters: values,
}: Pick<JobRecord, 'templateId' | 'templateSource' | 'parameters'>): ReadonlyMap<string, Parameter> {
  const [parameters, setParameters] = useState<readonly Parameter[]>([]);
  useEffect(() => {
    const gone = new AbortController();
    client.call('templates.get', { id: templateId, source: templateSource }, { signal: gone.signal }).then(
      ({ template }) => setParameters(template.parameters),
      () => undefined,
    );
    return () => gone.abort();
  }, [templateId, templateSource]);
  return useMemo(
    () =>
      new Map(
        currentParameters({ parameters: [...parameters] }, values).map((parameter) => [parameter.name, parameter]),
      ),
    [parameters, values],
  );
}
