import type { Quota } from '../../../shared/domain/cluster/profile.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { t } from '../../i18n/index.ts';
import { formatCount, Group } from '../../ui/index.ts';
import { Gauge } from './Gauge.tsx';
import { fullness } from './clusterOverview.ts';

/** Space and files in the folders that matter; where no quota is told, what the whole file system has. */
export function Quotas({ quotas, why }: { quotas: readonly Quota[]; why: string | null }) {
  return (
    <Group title={t('clusters.sections.quotas')}>
      {quotas.length === 0 ? <p className="muted">{why ?? t('clusters.quota.none')}</p> : null}
      <ul className="gauges" data-testid="quotas">
        {quotas.flatMap((quota) => [
          <SpaceLine key={`${quota.name} ${quota.path}`} quota={quota} />,
          quota.filesHard === null ? null : (
            <FilesLine key={`${quota.name} ${quota.path} files`} quota={quota} most={quota.filesHard} />
          ),
        ])}
      </ul>
      {quotas.length > 0 && why !== null ? <p className="secondary">{why}</p> : null}
    </Group>
  );
}

function placeOf(quota: Quota): string {
  return `${quota.path === '' || quota.path === quota.name ? '' : `${quota.path} · `}${quota.kind === 'filesystem' ? t('clusters.quota.filesystem') : t('clusters.quota.personal')}`;
}

/** Numbers with a word for what is nearly or wholly used up: a colour alone tells nobody. */
function withWord(text: string, level: ReturnType<typeof fullness>): string {
  return level === 'full'
    ? `${text} – ${t('clusters.limit.full')}`
    : level === 'near'
      ? `${text} – ${t('clusters.limit.nearly')}`
      : text;
}

function SpaceLine({ quota }: { quota: Quota }) {
  const limit = quota.hard ?? quota.soft;
  const used = quota.used === null ? '?' : formatBytes(quota.used);
  const text =
    limit === null ? t('clusters.quota.used', { used }) : t('clusters.quota.of', { used, limit: formatBytes(limit) });
  const level = limit === null ? 'unknown' : fullness(quota.used, limit);
  // above the soft limit the grace time runs: that is said as it is, not as a full disk
  const isOverSoft = quota.soft !== null && quota.soft !== limit && quota.used !== null && quota.used >= quota.soft;
  const soft =
    quota.soft === null || quota.soft === limit
      ? ''
      : t(isOverSoft ? 'clusters.quota.overSoft' : 'clusters.quota.soft', { limit: formatBytes(quota.soft) });
  return (
    <Gauge
      name={
        <>
          <strong className="selectable">{quota.name}</strong>{' '}
          <span className="secondary selectable">{placeOf(quota)}</span>
        </>
      }
      label={[`${quota.name}: ${text}`, soft].filter((part) => part !== '').join(', ')}
      share={limit === null || quota.used === null ? null : limit === 0 ? 1 : quota.used / limit}
      tone={level === 'full' ? 'bad' : level === 'near' || isOverSoft ? 'warn' : 'plain'}
      text={isOverSoft && level !== 'full' ? `${text} – ${soft}` : withWord(text, level)}
    />
  );
}

function FilesLine({ quota, most }: { quota: Quota; most: number }) {
  const level = fullness(quota.files, most);
  const text = t('clusters.quota.files', {
    used: quota.files === null ? '?' : formatCount(quota.files),
    limit: formatCount(most),
  });
  return (
    <Gauge
      name={<span className="secondary">{quota.name}</span>}
      label={`${quota.name}: ${text}`}
      share={quota.files === null ? null : most === 0 ? 1 : quota.files / most}
      tone={level === 'full' ? 'bad' : level === 'near' ? 'warn' : 'plain'}
      text={withWord(text, level)}
    />
  );
}
