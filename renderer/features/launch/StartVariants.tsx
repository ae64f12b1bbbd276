import { readableTime, useFormSession, useFormSessionKey } from '../form/index.ts';
import { GitCompareArrows } from 'lucide-react';
import type { CostEstimate } from '../../../shared/domain/cost/schema.ts';
import type { StartOutlook } from '../../../shared/domain/job/script.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { Button, ErrorNotice, formatCount, formatMoney, showToast, Skeleton, useNow } from '../../ui/index.ts';
import { askForVariants, takeVariant } from './starting.ts';
import { isCurrent } from './startRules.ts';
import { startWords } from './startWords.ts';
import './StartVariants.css';

/** What is different; a kind that the form has no words for is called as the core does. */
function labelOf({ id, label, changes }: StartOutlook): string {
  const [kind = ''] = id.split(':');
  const value = id.slice(kind.length + 1);
  switch (kind) {
    case 'asked':
      return t('launch.variants.asked');
    case 'partition':
      return t('launch.variants.partition', { name: value });
    case 'time':
      return t('launch.variants.time', { time: readableTime(changes[0]?.value ?? '') ?? value });
    case 'gpus':
      return t('launch.variants.gpus', { count: Number(value) });
    case 'nodes':
      return t('launch.variants.nodes', { count: Number(value) });
    default:
      return label === null ? id : sayMessage(label);
  }
}

function Price({ cost }: { cost: CostEstimate | null }) {
  const units = cost?.billing
    ? t('launch.cost.units', { count: cost.billing.total, units: formatCount(cost.billing.total) })
    : undefined;
  if (cost === null || cost.currency === null) return <>{units === undefined ? '–' : `≤ ${units}`}</>;
  return <span title={units}>≤ {formatMoney(cost.total, cost.currency)}</span>;
}

/** The job as it stands and a few variants: start, price, and one click to take one. Asked for on request only. */
export function StartVariants({ isReady }: { isReady: boolean }) {
  const key = useFormSessionKey();
  const { variants } = useFormSession((session) => session.startTest);
  const isPresent = useFormSession((session) => variants.kind === 'told' && isCurrent(session, variants.told));
  const hasPreview = useFormSession((session) => session.preview !== null);
  const isBlocked = useFormSession(
    (session) => session.preview?.problems.some(({ severity }) => severity === 'error') === true,
  );
  const now = useNow(30_000, variants.kind === 'told');
  // what Slurm would refuse is no offer
  const others = variants.kind === 'told' ? variants.told.variants.filter(({ accepted }) => accepted) : [];
  const use = (variant: StartOutlook): void => {
    const undo = takeVariant(key, variant);
    if (undo !== null)
      showToast({
        kind: 'info',
        title: t('launch.variants.used', { label: labelOf(variant) }),
        action: { label: t('launch.undo'), onPress: undo },
      });
  };
  const ask = (
    <Button
      size="dense"
      icon={GitCompareArrows}
      isDisabled={!isReady || !hasPreview || variants.kind === 'asking'}
      onPress={() => void askForVariants(key)}
    >
      {t(
        variants.kind === 'asking'
          ? 'launch.variants.asking'
          : variants.kind === 'told'
            ? 'launch.variants.again'
            : 'launch.variants.ask',
      )}
    </Button>
  );
  return (
    <div className="variants">
      {variants.kind === 'asking' ? <Skeleton lines={[85, 80, 75]} /> : null}
      {variants.kind === 'failed' ? <ErrorNotice error={variants.error} /> : null}
      {variants.kind === 'told' ? (
        <table
          className="variant-rows"
          aria-label={t('launch.variants.title')}
          data-stale={!isPresent || !isReady || undefined}
        >
          <thead>
            <tr>
              <th scope="col">{t('launch.variants.job')}</th>
              <th scope="col">{t('launch.start.title')}</th>
              <th scope="col">{t('launch.cost.title')}</th>
              <th>
                <span className="visually-hidden">{t('launch.variants.use')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {[variants.told.asked, ...others].map((outlook) => (
              <tr key={outlook.id} data-testid={`variant-${outlook.id}`}>
                <th scope="row">{labelOf(outlook)}</th>
                <td title={sayMessage(outlook.message)}>
                  {outlook.id === 'asked' && isBlocked && isPresent ? (
                    <span className="secondary">{t('launch.start.blocked')}</span>
                  ) : outlook.accepted ? (
                    startWords(outlook.expectedStart, isPresent && isReady ? now : variants.told.askedAt)
                  ) : (
                    <span className="check-error">{t('launch.variants.refused')}</span>
                  )}
                </td>
                <td>
                  <Price cost={outlook.cost} />
                </td>
                <td>
                  {outlook.changes.length > 0 && outlook.accepted && isPresent ? (
                    <Button
                      size="dense"
                      aria-label={t('launch.variants.useThis', { label: labelOf(outlook) })}
                      onPress={() => use(outlook)}
                    >
                      {t('launch.variants.use')}
                    </Button>
                  ) : null}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
      {variants.kind === 'told' && others.length === 0 ? (
        <p className="secondary">{t('launch.variants.none')}</p>
      ) : null}
      {variants.kind === 'told' && !isPresent ? <p className="secondary">{t('launch.variants.stale')}</p> : null}
      <div className="variant-ask">
        {ask}
        <span className="secondary">{isReady ? t('launch.variants.price') : t('launch.start.offline')}</span>
      </div>
    </div>
  );
}
