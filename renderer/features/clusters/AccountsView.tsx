import type { Association, ClusterFacts, FairShare, Qos } from '../../../shared/domain/cluster/profile.ts';
import { formatDuration } from '../../../shared/lib/duration.ts';
import { t } from '../../i18n/index.ts';
import { formatCount, Group } from '../../ui/index.ts';
import { limitTexts } from './limitText.ts';
import { whyUnknown } from './clusterOverview.ts';
import './ClusterOverview.css';

/** What may be charged and under which limits, and how the person stands in the queue. */
export function AccountsView({ facts }: { facts: ClusterFacts }) {
  return (
    <>
      <Group title={t('clusters.sections.accounts')}>
        {facts.associations === null ? (
          <p className="note">{whyUnknown(facts, 'accounting') ?? t('clusters.noAccounting')}</p>
        ) : facts.associations.length === 0 ? (
          <p className="note">{t('clusters.noAccounts')}</p>
        ) : (
          <AccountTable associations={facts.associations} />
        )}
      </Group>
      <Group title={t('clusters.sections.shares')}>
        {facts.fairShare === null || facts.fairShare.length === 0 ? (
          <p className="muted">{whyUnknown(facts, 'fairShare') ?? t('clusters.notKnown')}</p>
        ) : (
          <>
            <p className="secondary">{t('clusters.share.text')}</p>
            <ShareTable shares={facts.fairShare} />
          </>
        )}
      </Group>
      <Group title={t('clusters.sections.qos')}>
        {facts.qos === null ? (
          <p className="muted">{whyUnknown(facts, 'qos') ?? t('clusters.notKnown')}</p>
        ) : (
          <QosTable qos={facts.qos} />
        )}
      </Group>
    </>
  );
}

function AccountTable({ associations }: { associations: readonly Association[] }) {
  return (
    <div className="cluster-scroll" tabIndex={0} role="region" aria-label={t('clusters.sections.accounts')}>
      <table className="cluster-table selectable">
        <thead>
          <tr>
            <th>{t('clusters.account.account')}</th>
            <th>{t('clusters.account.partition')}</th>
            <th>{t('clusters.account.qos')}</th>
            <th>{t('clusters.account.limits')}</th>
          </tr>
        </thead>
        <tbody>
          {associations.map((association) => (
            <tr key={`${association.account} ${association.partition ?? ''}`}>
              <th scope="row">
                {association.account}
                {association.isDefault ? <span className="tag">{t('clusters.account.default')}</span> : null}
              </th>
              <td>{association.partition ?? t('clusters.account.all')}</td>
              <td className="wraps">
                {association.qos.join(', ')}
                {association.defaultQos ? (
                  <span className="tag">{t('clusters.account.defaultQos', { qos: association.defaultQos })}</span>
                ) : null}
              </td>
              <td className="wraps">{limitTexts(association.limits).join(' · ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function ShareTable({ shares }: { shares: readonly FairShare[] }) {
  const percent = (value: number | null): string => (value === null ? '–' : `${(value * 100).toFixed(1)} %`);
  return (
    <div className="cluster-scroll" tabIndex={0} role="region" aria-label={t('clusters.sections.shares')}>
      <table className="cluster-table selectable">
        <thead>
          <tr>
            <th>{t('clusters.share.account')}</th>
            <th>{t('clusters.share.factor')}</th>
            <th className="number">{t('clusters.share.shares')}</th>
            <th className="number">{t('clusters.share.usage')}</th>
          </tr>
        </thead>
        <tbody>
          {shares.map((share) => (
            <tr key={share.account}>
              <th scope="row">{share.account}</th>
              <td>
                <span className="share">
                  <span
                    className="gauge-track"
                    role="img"
                    aria-label={share.factor === null ? t('clusters.notKnown') : share.factor.toFixed(2)}
                  >
                    {share.factor === null ? null : (
                      <span style={{ width: `${String(Math.max(0, Math.min(1, share.factor)) * 100)}%` }} />
                    )}
                  </span>
                  {share.factor === null ? '–' : share.factor.toFixed(2)}
                </span>
              </td>
              <td className="number">{percent(share.normalizedShares)}</td>
              <td className="number" title={share.rawUsage === null ? undefined : formatDuration(share.rawUsage)}>
                {percent(share.effectiveUsage)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function QosTable({ qos }: { qos: readonly Qos[] }) {
  return (
    <div className="cluster-scroll" tabIndex={0} role="region" aria-label={t('clusters.sections.qos')}>
      <table className="cluster-table selectable">
        <thead>
          <tr>
            <th>{t('clusters.qos.name')}</th>
            <th className="number">{t('clusters.qos.priority')}</th>
            <th className="number">{t('clusters.qos.factor')}</th>
            <th>{t('clusters.qos.limits')}</th>
            <th>{t('clusters.qos.flags')}</th>
          </tr>
        </thead>
        <tbody>
          {qos.map((one) => (
            <tr key={one.name}>
              <th scope="row">{one.name}</th>
              <td className="number">{formatCount(one.priority)}</td>
              <td className="number">{one.usageFactor}</td>
              <td className="wraps">
                {limitTexts(one.limits).join(' · ') || <span className="muted">{t('clusters.qos.none')}</span>}
              </td>
              <td className="wraps secondary">{one.flags.join(', ')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
