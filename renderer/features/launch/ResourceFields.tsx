import { useMemo } from 'react';
import type { ClusterFacts, Partition } from '../../../shared/domain/cluster.ts';
import { placeholderNames, resolveParameters, resolvePlaceholders } from '../../../shared/domain/parameters.ts';
import { optionLabel } from '../../../shared/domain/slurmOptions.ts';
import { useClusters } from '../../client/clusters.ts';
import { t, type TextKey } from '../../i18n/index.ts';
import { Button, ComboBox, Group, NumberField, ProblemLine, Section, Select, TextField, type Choice } from '../../ui/index.ts';
import { WORDS } from './choiceWords.ts';
import { resourceText, withResource } from './draft.ts';
import { accountsOf, featuresOf, freeIn, gpusPerNode, gpuTypesOf, partitionLimits, partitionOf, qosOf, reservationsOf } from './factChoices.ts';
import { focusField, PLAIN_RESOURCES, useFormView } from './focusField.ts';
import { readGres, writeGres } from './gres.ts';
import { ResetButton } from './ResetButton.tsx';
import { useChangeDraft, useFieldProblem, useSession } from './sessionContext.ts';
import { SpelledField } from './SpelledField.tsx';
import { readableMemory, readableTime, spellMemory, spellTime } from './spelling.ts';

const LABELS: Readonly<Record<string, TextKey>> = {
  partition: 'launch.resources.partition',
  nodes: 'launch.resources.nodes',
  ntasks: 'launch.resources.ntasks',
  cpus_per_task: 'launch.resources.cpusPerTask',
  mem: 'launch.resources.mem',
  mem_per_cpu: 'launch.resources.memPerCpu',
  time: 'launch.resources.time',
  gres: 'launch.resources.gres',
  account: 'launch.resources.account',
  qos: 'launch.resources.qos',
  constraint: 'launch.resources.constraint',
  reservation: 'launch.resources.reservation',
  array: 'launch.resources.array',
  dependency: 'launch.resources.dependency',
};

const ADVANCED = ['account', 'qos', 'constraint', 'reservation', 'array', 'dependency'] as const;

const PLACEHOLDERS: Readonly<Record<string, string>> = { array: '0-9', dependency: 'afterok:4711', constraint: 'gpu_v100|gpu_a100' };

/** Why a list that the cluster should fill is empty. */
function emptyWords(resource: string, facts: ClusterFacts | null): string {
  if (!facts) return t('launch.resources.noFacts');
  switch (resource) {
    case 'account':
    case 'qos':
      return facts.associations === null ? (facts.unknown.find(({ subject }) => subject === 'accounting')?.reason ?? t('launch.resources.noAccounting')) : facts.associations.length === 0 ? t('launch.resources.noAccounts') : '';
    case 'constraint':
      return t('launch.resources.noFeatures');
    case 'reservation':
      return facts.unknown.find(({ subject }) => subject === 'reservations')?.reason ?? t('launch.resources.noReservations');
    default:
      return '';
  }
}

function labelOf(key: string): string {
  const text = LABELS[key];
  return text === undefined ? optionLabel(key) : t(text);
}

/** What the job asks of Slurm: the template's values, with what the person changes. */
export function ResourceFields() {
  const isOpen = useFormView((view) => view.isAdvancedOpen);
  const template = useSession((session) => session.detail.template);
  const changed = useSession((session) => session.draft.resources);
  // Options without a field of their own are still options: what the template says can be seen and changed.
  const others = useMemo(
    () => [...new Set([...Object.keys(template.slurm), ...Object.keys(changed)])].filter((key) => !PLAIN_RESOURCES.includes(key) && !(ADVANCED as readonly string[]).includes(key)).sort(),
    [template, changed],
  );
  const hasMemPerCpu = template.slurm.mem_per_cpu !== undefined || changed.mem_per_cpu !== undefined;
  return (
    <Group title={t('launch.resources.title')}>
      <div className="form-grid">
        <PartitionField />
        <SpelledResource resource="time" spell={spellTime} read={readableTime} placeholder="04:00:00" />
        <CountField resource="nodes" />
        <CountField resource="ntasks" />
        <CountField resource="cpus_per_task" />
        {hasMemPerCpu ? <SpelledResource resource="mem_per_cpu" spell={spellMemory} read={readableMemory} placeholder="4G" /> : null}
        {hasMemPerCpu && template.slurm.mem === undefined && changed.mem === undefined ? null : <SpelledResource resource="mem" spell={spellMemory} read={readableMemory} placeholder="32G" />}
        <GpuFields />
      </div>
      <Section title={t('launch.resources.advanced')} level={4} isOpen={isOpen} onToggle={(open) => useFormView.setState({ isAdvancedOpen: open })}>
        <div className="form-grid">
          {ADVANCED.map((key) => (
            <TextResource key={key} resource={key} />
          ))}
          {others.map((key) => (
            <TextResource key={key} resource={key} />
          ))}
        </div>
      </Section>
    </Group>
  );
}

function useResource(key: string) {
  const field = `resources.${key}`;
  const template = useSession((session) => session.detail.template);
  const value = useSession((session) => resourceText(template, session.draft, key));
  const clusterId = useSession((session) => session.draft.clusterId);
  const facts = useClusters((store) => store.facts[clusterId] ?? null);
  const load = useClusters((store) => store.loads[clusterId] ?? null);
  const problem = useFieldProblem(field);
  const changeDraft = useChangeDraft();
  const label = labelOf(key);
  return {
    value,
    template,
    facts,
    load,
    change: (text: string): void => changeDraft((draft) => withResource(template, draft, key, text)),
    shared: { label, name: field, problem, aside: <ResetButton field={field} label={label} /> },
    /** The template takes this value from its own fields. */
    followed: placeholderNames(value),
  };
}

/** A value that the template takes from parameters: it stands there as it comes out, leads to them, and can be set by hand. */
function FollowingField({ resource, names, onSet }: { resource: string; names: readonly string[]; onSet: (present: string) => void }) {
  const { shared, template, value } = useResource(resource);
  const parameters = useSession((session) => session.draft.parameters);
  const present = useMemo(() => resolvePlaceholders(value, resolveParameters(template, parameters).values).text, [value, template, parameters]);
  const [first] = names;
  const label = (name: string): string => template.parameters.find((parameter) => parameter.name === name)?.label ?? name;
  return (
    <div className="field" data-field={shared.name} role="group" aria-label={shared.label}>
      <div className="field-heading">
        <span className="field-label">{shared.label}</span>
      </div>
      <div className="form-following">
        <span className="mono truncate" title={present}>
          {present}
        </span>
        <Button variant="quiet" size="dense" onPress={() => onSet(present)}>
          {t('launch.resources.setByHand')}
        </Button>
      </div>
      {shared.problem ? (
        <ProblemLine problem={shared.problem} />
      ) : (
        <button type="button" className="form-follows field-help" onClick={() => first !== undefined && focusField(`parameters.${first}`)}>
          {t('launch.resources.follows', { names: names.map(label).join(', ') })}
        </button>
      )}
    </div>
  );
}

function PartitionField() {
  const { value, facts, load, change, shared, followed } = useResource('partition');
  if (followed.length > 0) return <FollowingField resource="partition" names={followed} onSet={change} />;
  const chosen = partitionOf(facts, value);
  const detail = (partition: Partition): string => [partitionLimits(partition, WORDS), freeIn(partition, load, WORDS)].filter((part) => part !== null).join(' · ');
  const help = chosen ? detail(chosen) : facts ? '' : t('launch.resources.noFacts');
  if (!facts || facts.partitions.length === 0) return <TextField {...shared} help={help} value={value} onChange={change} />;
  const fallback = facts.partitions.find((partition) => partition.isDefault);
  const items = [
    { id: '', label: fallback ? t('launch.resources.defaultPartition', { name: fallback.name }) : t('launch.resources.noPartition') },
    ...facts.partitions.map((partition) => ({ id: partition.name, label: partition.name, detail: partition.state === 'UP' ? detail(partition) : partition.state })),
  ];
  // several names are text, as are those of a cluster whose partitions are not seen
  if (value.includes(',')) return <TextField {...shared} help={help} value={value} onChange={change} />;
  // a name that the cluster does not know is shown, with its problem
  const isKnown = items.some((item) => item.id === value);
  return <Select {...shared} help={help} items={isKnown ? items : [...items, { id: value, label: value }]} value={value} onChange={change} />;
}

/** A whole number; ranges like `2-4` are possible too and stay text. */
function CountField({ resource }: { resource: string }) {
  const { value, change, shared, followed } = useResource(resource);
  if (followed.length > 0) return <FollowingField resource={resource} names={followed} onSet={change} />;
  if (value !== '' && !/^\d+$/.test(value)) return <TextField {...shared} value={value} onChange={change} />;
  return <NumberField {...shared} value={value === '' ? null : Number(value)} onChange={(count) => change(count === null ? '' : String(count))} min={1} placeholder={t('launch.resources.notSet')} />;
}

function SpelledResource({ resource, spell, read, placeholder }: { resource: string; spell: (text: string) => string; read: (text: string) => string | null; placeholder: string }) {
  const { value, change, shared, followed } = useResource(resource);
  if (followed.length > 0) return <FollowingField resource={resource} names={followed} onSet={change} />;
  return <SpelledField {...shared} value={value} onChange={change} spell={spell} read={read} placeholder={placeholder} />;
}

function GpuFields() {
  const { value, facts, load, change, shared, followed } = useResource('gres');
  const partition = useSession((session) => resourceText(session.detail.template, session.draft, 'partition'));
  if (followed.length > 0) return <FollowingField resource="gres" names={followed} onSet={change} />;
  const gpus = readGres(value);
  if (gpus.kind === 'text') return <TextField {...shared} label={t('launch.resources.gresText')} value={value} onChange={change} mono />;
  const type = gpus.kind === 'gpus' ? gpus.type : '';
  const types = gpuTypesOf(facts, load, partition, WORDS);
  const offered = type === '' || types.some(({ id }) => id === type) ? types : [...types, { id: type, label: type }];
  const most = gpusPerNode(facts, partitionOf(facts, partition)?.name ?? partition, type);
  return (
    <>
      <NumberField
        {...shared}
        {...(most === null ? {} : { help: most === 0 ? t('launch.resources.noGpus') : t('launch.resources.gpusPerNode', { count: most }), max: most })}
        value={gpus.kind === 'gpus' ? gpus.count : 0}
        onChange={(count) => change(writeGres(type, count ?? 0))}
        min={0}
      />
      {gpus.kind === 'gpus' && (offered.length > 0 || type !== '') ? (
        <Select
          label={t('launch.resources.gpuType')}
          items={[{ id: '', label: t('launch.resources.anyGpu') }, ...offered]}
          value={type}
          onChange={(next) => change(writeGres(next, gpus.count))}
        />
      ) : null}
    </>
  );
}

const LISTED = ['account', 'qos', 'constraint', 'reservation'];

/** A text with proposals where the cluster has some: facts may be old, so any text is possible. */
function TextResource({ resource }: { resource: string }) {
  const { value, facts, load, change, shared, followed } = useResource(resource);
  const partition = useSession((session) => resourceText(session.detail.template, session.draft, 'partition'));
  const account = useSession((session) => resourceText(session.detail.template, session.draft, 'account'));
  if (followed.length > 0) return <FollowingField resource={resource} names={followed} onSet={change} />;
  // a placeholder of the template, or several partitions, say nothing about one
  const place = partitionOf(facts, partition)?.name ?? '';
  const choices = (): Choice[] => {
    switch (resource) {
      case 'account':
        return accountsOf(facts, load, place, WORDS);
      case 'qos':
        return qosOf(facts, load, account, place, WORDS);
      case 'constraint':
        return featuresOf(facts, place, value);
      case 'reservation':
        return reservationsOf(facts, Date.now());
      default:
        return [];
    }
  };
  const items = choices();
  if (items.length > 0) return <ComboBox {...shared} items={items} value={value} onChange={change} placeholder={PLACEHOLDERS[resource] ?? ''} mono={resource === 'constraint'} />;
  const help = LISTED.includes(resource) ? emptyWords(resource, facts) : '';
  return <TextField {...shared} {...(help === '' ? {} : { help })} value={value} onChange={change} mono={!(resource in LABELS) || resource in PLACEHOLDERS} placeholder={PLACEHOLDERS[resource] ?? ''} />;
}
