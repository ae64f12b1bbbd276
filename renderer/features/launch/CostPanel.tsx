import { useFormSession } from '../form/index.ts';
import { Suspense } from 'react';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import { Button, formatCount, formatMoney, later, navigate, Section } from '../../ui/index.ts';
import './CostPanel.css';

// first seen when somebody wants to know how the price comes about
const CostDetails = later(async () => (await import('./CostDetails.tsx')).CostDetails);

/**
 * What the job would cost if it used its whole time, in money and in the cluster's own units, with how that comes about. Where nobody
 * has set the cluster's rates there is no price in money, and the way to set them.
 */
export function CostPanel() {
  const cost = useFormSession((session) => session.preview?.cost ?? null);
  const clusterId = useFormSession((session) => session.draft.clusterId);
  const [isOpen, setOpen] = useRemembered('launch.costOpen', false);
  if (!cost) return <p className="cost-none secondary">{t('launch.cost.unknown')}</p>;
  return (
    <div className="cost">
      <Section
        level={3}
        title={t('launch.cost.title')}
        isOpen={isOpen}
        onToggle={setOpen}
        aside={
          <span className="cost-totals" title={t('launch.cost.note')}>
            {cost.billing === null ? null : (
              <span className="secondary" data-testid="billing">
                ≤ {t('launch.cost.units', { count: cost.billing.total, units: formatCount(cost.billing.total) })}
              </span>
            )}
            {cost.currency === null ? (
              <>
                <span className="secondary" data-testid="cost">
                  {t('launch.cost.noRates')}
                </span>
                <Button size="dense" onPress={() => navigate('clusters', [clusterId, 'edit', 'nodeHour'])}>
                  {t('launch.cost.setRates')}
                </Button>
              </>
            ) : (
              <strong className="cost-total" data-testid="cost">
                ≤ {formatMoney(cost.total, cost.currency)}
              </strong>
            )}
          </span>
        }
      >
        <Suspense>
          <CostDetails cost={cost} />
        </Suspense>
      </Section>
    </div>
  );
}
