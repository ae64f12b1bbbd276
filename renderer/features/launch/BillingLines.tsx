import { subjectOf } from '../../../shared/domain/limits/use.ts';
import type { Billing } from '../../../shared/domain/cost/schema.ts';
import { t } from '../../i18n/index.ts';
import { formatCount } from '../../ui/index.ts';

/** Resources by their names for people; what has none keeps Slurm's. */
function nameOf(tres: string): string {
  const { what, gpuType } = subjectOf(tres);
  switch (what) {
    case 'cpus':
      return t('launch.cost.kinds.cores');
    case 'memory':
      return t('launch.cost.kinds.memory');
    case 'nodes':
      return t('launch.cost.kinds.nodes');
    case 'gpus':
      return gpuType === '' ? t('launch.cost.kinds.gpus') : `${t('launch.cost.kinds.gpus')} ${gpuType}`;
    default:
      return what;
  }
}

/** What the cluster itself charges, and how that comes about: it is a price of its own, not part of the money above. */
export function BillingLines({ billing }: { billing: Billing }) {
  return (
    <table className="cost-lines" aria-label={t('launch.cost.billing')}>
      <caption>{t('launch.cost.billing')}</caption>
      <tbody>
        {billing.lines.map(({ tres, quantity, weight, perHour }) => (
          <tr key={tres}>
            <th scope="row">{nameOf(tres)}</th>
            <td>
              {formatCount(quantity)}
              {tres === 'mem' ? ' GiB' : ''} × {formatCount(weight)}
            </td>
            <td>{t('launch.cost.perHour', { units: formatCount(perHour) })}</td>
          </tr>
        ))}
        {billing.usageFactor === 1 ? null : (
          <tr>
            <th scope="row">{t('launch.cost.usageFactor')}</th>
            <td />
            <td>× {formatCount(billing.usageFactor)}</td>
          </tr>
        )}
        <tr className="cost-sum">
          <th scope="row">{t(billing.isLargest ? 'launch.cost.largest' : 'launch.cost.sum')}</th>
          <td>{t('launch.cost.perHour', { units: formatCount(billing.perHour) })}</td>
          <td>{formatCount(billing.total)}</td>
        </tr>
      </tbody>
    </table>
  );
}
