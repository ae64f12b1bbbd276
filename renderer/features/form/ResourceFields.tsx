import { useMemo } from 'react';
import type { ClusterFacts, Partition, Unknown } from '../../../shared/domain/cluster/profile.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import {
  ComboBox,
  FormGrid,
  FormRow,
  Group,
  NumberField,
  Section,
  Select,
  TextField,
  type Choice,
} from '../../ui/index.ts';
import { WORDS } from './choiceWords.ts';
import { resourceText } from './session/draft.ts';
import {
  accountsOf,
  featuresOf,
  freeIn,
  gpusPerNode,
  gpuTypesOf,
  partitionLimits,
  partitionOf,
  qosOf,
  reservationsOf,
} from './factChoices.ts';
import { FollowingField } from './FollowingField.tsx';
import { PLAIN_RESOURCES, useFormView } from './focusField.ts';
import { readGres, writeGres } from './gres.ts';
import { MemoryFields } from './MemoryFields.tsx';
import { isLabelled } from './resourceLabels.ts';
import { useFormSession } from './formSessionContext.ts';
import { SpelledResource } from './SpelledResource.tsx';
import { readableTime, spellTime } from './spelling.ts';
import { useResource } from './useResource.tsx';

const ADVANCED = ['account', 'qos', 'constraint', 'reservation', 'array', 'dependency'] as const;

const PLACEHOLDERS: Readonly<Record<string, string>> = {
  array: '0-9',
  dependency: 'afterok:4711',
  constraint: 'gpu_v100|gpu_a100',
};

function whyUnknown({ unknown }: ClusterFacts, subject: Unknown['subject']): string | null {
  const found = unknown.find((one) => one.subject === subject);
  return found === undefined ? null : sayMessage(found.reason);
}

/** Why a list that the cluster should fill is empty. */
function emptyWords(resource: string, facts: ClusterFacts | null): string {
  if (!facts) return t('launch.resources.noFacts');
  switch (resource) {
    case 'account':
    case 'qos':
      if (facts.associations === null && facts.asking?.includes('accounting')) return t('launch.resources.stillAsked');
      return facts.associations === null
        ? (whyUnknown(facts, 'accounting') ?? t('launch.resources.noAccounting'))
        : facts.associations.length === 0
          ? t('launch.resources.noAccounts')
          : '';
    case 'constraint':
      return t('launch.resources.noFeatures');
    case 'reservation':
      return whyUnknown(facts, 'reservations') ?? t('launch.resources.noReservations');
    default:
      return '';
  }
}

/** What the job asks of Slurm: the template's values, with what the person changes. */
export function ResourceFields() {
  const isOpen = useFormView((view) => view.isAdvancedOpen);
  const template = useFormSession((session) => session.detail.template);
  const changed = useFormSession((session) => session.draft.resources);
  // Options without a field of their own are still options: what the template says can be seen and changed.
  const others = useMemo(
    () =>
      [
        ...new Set([
          ...Object.keys(template.slurm),
          ...(template.slurmRules ?? []).map(({ option }) => option),
          ...Object.keys(changed),
        ]),
      ]
        .filter((key) => !PLAIN_RESOURCES.includes(key) && !(ADVANCED as readonly string[]).includes(key))
        .sort(),
    [template, changed],
  );
  return (
    <Group title={t('launch.resources.title')}>
      <FormGrid>
        <PartitionField />
        <SpelledResource resource="time" spell={spellTime} read={readableTime} placeholder="04:00:00" />
        <FormRow>
          <CountField resource="nodes" />
          <CountField resource="ntasks" />
          <CountField resource="cpus_per_task" />
        </FormRow>
        <MemoryFields />
        <GpuFields />
      </FormGrid>
      <Section
        title={t('launch.resources.advanced')}
        level={4}
        isOpen={isOpen}
        onToggle={(open) => useFormView.setState({ isAdvancedOpen: open })}
      >
        <FormGrid>
          {ADVANCED.map((key) => (
            <TextResource key={key} resource={key} />
          ))}
          {others.map((key) => (
            <TextResource key={key} resource={key} />
          ))}
        </FormGrid>
      </Section>
    </Group>
  );
}

function PartitionField() {
  const { value, facts, usage, change, shared, followed } = useResource('partition');
  if (followed.length > 0) return <FollowingField resource="partition" names={followed} onSet={change} />;
  const chosen = partitionOf(facts, value);
  const detail = (partition: Partition): string =>
    [partitionLimits(partition, WORDS), freeIn(partition, usage, WORDS)].filter((part) => part !== null).join(' · ');
  const help = [shared.help ?? '', chosen ? detail(chosen) : facts ? '' : t('launch.resources.noFacts')]
    .filter((part) => part !== '')
    .join(' · ');
  if (!facts || facts.partitions.length === 0)
    return <TextField {...shared} help={help} value={value} onChange={change} />;
  const fallback = facts.partitions.find((partition) => partition.isDefault);
  const items = [
    {
      id: '',
      label: fallback
        ? t('launch.resources.defaultPartition', { name: fallback.name })
        : t('launch.resources.noPartition'),
    },
    ...facts.partitions.map((partition) => ({
      id: partition.name,
      label: partition.name,
      detail: partition.state === 'UP' ? detail(partition) : partition.state,
    })),
  ];
  // several names are text, as are those of a cluster whose partitions are not seen
  if (value.includes(',')) return <TextField {...shared} help={help} value={value} onChange={change} />;
  // a name that the cluster does not know is shown, with its problem
  const isKnown = items.some((item) => item.id === value);
  return (
    <Select
      {...shared}
      help={help}
      items={isKnown ? items : [...items, { id: value, label: value }]}
      value={value}
      onChange={change}
    />
  );
}

/** A whole number; ranges like `2-4` are possible too and stay text. */
function CountField({ resource }: { resource: string }) {
  const { value, change, shared, followed } = useResource(resource);
  if (followed.length > 0) return <FollowingField resource={resource} names={followed} onSet={change} />;
  if (value !== '' && !/^\d+$/.test(value)) return <TextField {...shared} value={value} onChange={change} />;
  return (
    <NumberField
      {...shared}
      value={value === '' ? null : Number(value)}
      onChange={(count) => change(count === null ? '' : String(count))}
      min={1}
      placeholder={t('launch.resources.notSet')}
    />
  );
}

function GpuFields() {
  const { value, facts, usage, change, shared, followed } = useResource('gres');
  const partition = useFormSession((session) => resourceText(session.detail.template, session.draft, 'partition'));
  if (followed.length > 0) return <FollowingField resource="gres" names={followed} onSet={change} />;
  const gpus = readGres(value);
  if (gpus.kind === 'text')
    return <TextField {...shared} label={t('launch.resources.gresText')} value={value} onChange={change} mono />;
  const type = gpus.kind === 'gpus' ? gpus.type : '';
  const types = gpuTypesOf(facts, usage, partition, WORDS);
  const offered = type === '' || types.some(({ id }) => id === type) ? types : [...types, { id: type, label: type }];
  const most = gpusPerNode(facts, partitionOf(facts, partition)?.name ?? partition, type);
  const count = (
    <NumberField
      {...shared}
      {...(most === null
        ? {}
        : {
            help: [
              ...(shared.help === undefined ? [] : [shared.help]),
              most === 0 ? t('launch.resources.noGpus') : t('launch.resources.gpusPerNode', { count: most }),
            ].join(' · '),
            max: most,
          })}
      value={gpus.kind === 'gpus' ? gpus.count : 0}
      onChange={(count) => change(writeGres(type, count ?? 0))}
      min={0}
    />
  );
  if (gpus.kind !== 'gpus' || (offered.length === 0 && type === '')) return count;
  return (
    <FormRow>
      {count}
      <Select
        label={t('launch.resources.gpuType')}
        items={[{ id: '', label: t('launch.resources.anyGpu') }, ...offered]}
        value={type}
        onChange={(next) => change(writeGres(next, gpus.count))}
      />
    </FormRow>
  );
}

const LISTED = ['account', 'qos', 'constraint', 'reservation'];

/** A text with proposals where the cluster has some: facts may be old, so any text is possible. */
function TextResource({ resource }: { resource: string }) {
  const { value, facts, usage, change, shared, followed } = useResource(resource);
  const partition = useFormSession((session) => resourceText(session.detail.template, session.draft, 'partition'));
  const account = useFormSession((session) => resourceText(session.detail.template, session.draft, 'account'));
  if (followed.length > 0) return <FollowingField resource={resource} names={followed} onSet={change} />;
  // a placeholder of the template, or several partitions, say nothing about one
  const place = partitionOf(facts, partition)?.name ?? '';
  const choices = (): Choice[] => {
    switch (resource) {
      case 'account':
        return accountsOf(facts, usage, place, WORDS);
      case 'qos':
        return qosOf(facts, usage, account, place, WORDS);
      case 'constraint':
        return featuresOf(facts, place, value);
      case 'reservation':
        return reservationsOf(facts, Date.now());
      default:
        return [];
    }
  };
  const items = choices();
  if (items.length > 0)
    return (
      <ComboBox
        {...shared}
        items={items}
        value={value}
        onChange={change}
        placeholder={PLACEHOLDERS[resource] ?? ''}
        mono={resource === 'constraint'}
      />
    );
  const help = shared.help ?? (LISTED.includes(resource) ? emptyWords(resource, facts) : '');
  return (
    <TextField
      {...shared}
      {...(help === '' ? {} : { help })}
      value={value}
      onChange={change}
      mono={!isLabelled(resource) || resource in PLACEHOLDERS}
      placeholder={PLACEHOLDERS[resource] ?? ''}
    />
  );
}
