import type { CostEstimate, CostLine } from '../../../shared/domain/cost/schema.ts';
import { t } from '../../i18n/index.ts';
import { formatCount, formatMoney } from '../../ui/index.ts';
import { BillingLines } from './BillingLines.tsx';
import './CostDetails.css';

function quantityOf(line: CostLine): string {
  const quantity = formatCount(line.quantity);
  return line.kind === 'memory' ? `${quantity} GiB` : t(`launch.cost.${line.kind}`, { count: line.quantity, quantity });
}

/** How a price comes about: in money where the cluster has rates, and in its own units where it has those. */
export function CostDetails({ cost }: { cost: CostEstimate }) {
  return (
    <>
      {cost.currency === null ? null : (
        <table className="cost-lines">
          <tbody>
            {cost.lines.map((line) => (
              <tr key={line.kind}>
                <th scope="row">{t(`launch.cost.kinds.${line.kind}`)}</th>
                <td>
                  {quantityOf(line)} × {formatCount(line.hours)} h × {formatMoney(line.rate, cost.currency)}
                </td>
                <td>{formatMoney(line.amount, cost.currency)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {cost.billing === null ? null : <BillingLines billing={cost.billing} />}
      <p className="secondary">
        {t(cost.currency === null && cost.billing === null ? 'launch.cost.noRatesNote' : 'launch.cost.note')}
      </p>
    </>
  );
}
