import { Trash2 } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { TemplateSummary } from '../../../shared/contract/templates.ts';
import type { JobRow } from '../../../shared/domain/job/schema.ts';
import { useClusters } from '../../stores/clusters.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, SearchField, Select, formatCount } from '../../ui/index.ts';
import { RemoveDialog } from './RemoveDialog.tsx';
import { FILTER_GROUPS, PERIODS, type FilterChoice } from './filter.ts';
import { setFilter, useJobsList } from './list.ts';

export function FilterBar({ selected, onRemoved }: { selected: ReadonlySet<string>; onRemoved: () => void }) {
  const choice = useJobsList((list) => list.choice);
  const total = useJobsList((list) => list.total);
  const clusters = useClusters((store) => store.clusters);
  const [templates, setTemplates] = useState<readonly TemplateSummary[]>([]);
  const [isRemoving, setRemoving] = useState(false);
  useEffect(() => {
    const gone = new AbortController();
    client.call('templates.list', {}, { signal: gone.signal }).then(setTemplates, () => undefined);
    return () => gone.abort();
  }, []);
  const set = (key: keyof FilterChoice) => (value: string) => setFilter({ [key]: value });

  return (
    <div className="jobs-bar" role="search">
      <SearchField label={t('jobs.filter')} value={choice.text} onChange={set('text')} testId="jobs-filter" />
      <Select
        dense
        labelHidden
        label={t('jobs.state')}
        value={choice.group}
        onChange={set('group')}
        items={[
          { id: '', label: t('jobs.anyState') },
          ...FILTER_GROUPS.map((id) => ({ id, label: t(`jobs.groups.${id}`) })),
        ]}
      />
      <Select
        dense
        labelHidden
        label={t('jobs.cluster')}
        value={choice.clusterId}
        onChange={set('clusterId')}
        items={[
          { id: '', label: t('jobs.anyCluster') },
          ...(clusters ?? []).map(({ profile }) => ({ id: profile.id, label: profile.name })),
        ]}
      />
      <Select
        dense
        labelHidden
        label={t('jobs.template')}
        value={choice.templateId}
        onChange={set('templateId')}
        items={[
          { id: '', label: t('jobs.anyTemplate') },
          ...templates.map(({ id, displayName }) => ({ id, label: displayName })),
        ]}
      />
      <Select
        dense
        labelHidden
        label={t('jobs.since')}
        value={choice.period}
        onChange={set('period')}
        items={[
          { id: '', label: t('jobs.anyTime') },
          ...(Object.keys(PERIODS) as (keyof typeof PERIODS)[]).map((id) => ({
            id,
            label: t(`jobs.sinceChoice.${id}`),
          })),
        ]}
      />
      {selected.size > 1 ? (
        <>
          <span className="secondary">{t('jobs.selected', { count: selected.size })}</span>
          <Button size="dense" icon={Trash2} onPress={() => setRemoving(true)}>
            {t('jobs.remove')}
          </Button>
          <RemoveDialog
            runIds={[...selected] as JobRow['runId'][]}
            isOpen={isRemoving}
            onClose={() => setRemoving(false)}
            onRemoved={onRemoved}
          />
        </>
      ) : null}
      <span className="jobs-total" role="status" data-testid="jobs-total">
        {total === null ? '' : t('jobs.count', { count: total, shown: formatCount(total) })}
      </span>
    </div>
  );
}
