import { CalendarClock, Wrench } from 'lucide-react';
import type { Reservation } from '../../../shared/domain/cluster/profile.ts';
import { currentLanguage, t } from '../../i18n/index.ts';
import { clockTime, Group, useNow } from '../../ui/index.ts';
import { timelineOf, type TimelineBar } from './clusterOverview.ts';

const dayText = (at: number): string =>
  new Intl.DateTimeFormat(currentLanguage(), { day: 'numeric', month: 'short' }).format(at);

/** Nodes that are set aside in the next weeks, maintenances marked. */
export function Reservations({ reservations, why }: { reservations: readonly Reservation[]; why: string | null }) {
  const now = useNow(60_000);
  const { bars, ticks } = timelineOf(reservations, now);
  return (
    <Group title={t('clusters.sections.reservations')}>
      {bars.length === 0 ? (
        <p className="muted">{why ?? t('clusters.reservation.none')}</p>
      ) : (
        <div className="timeline" data-testid="reservations">
          <div className="timeline-scale secondary" aria-hidden>
            <span style={{ insetInlineStart: 0 }}>{t('clusters.reservation.today')}</span>
            {ticks
              .filter(({ place }) => place > 15 && place < 92)
              .map(({ at, place }) => (
                <span key={at} style={{ insetInlineStart: `${String(place)}%` }}>
                  {dayText(at)}
                </span>
              ))}
          </div>
          <ul>
            {bars.map((bar) => (
              <ReservationLine key={bar.reservation.name} bar={bar} now={now} />
            ))}
          </ul>
          {bars.some(({ reservation }) => reservation.isMaintenance) ? (
            <p className="secondary">{t('clusters.reservation.note')}</p>
          ) : null}
        </div>
      )}
    </Group>
  );
}

function ReservationLine({ bar: { reservation, from, to }, now }: { bar: TimelineBar; now: number }) {
  const { name, startAt, endAt, nodes, nodeCount, isMaintenance, isMine } = reservation;
  const Icon = isMaintenance ? Wrench : CalendarClock;
  const start = startAt === null || startAt <= now ? t('clusters.reservation.now') : clockTime(startAt, now);
  const when = t('clusters.reservation.from', {
    start,
    end: endAt === null ? t('clusters.reservation.open') : clockTime(endAt, now),
  });
  const whose = isMaintenance
    ? t('clusters.reservation.maintenance')
    : isMine === true
      ? t('clusters.reservation.mine')
      : isMine === false
        ? t('clusters.reservation.notMine')
        : '';
  return (
    <li className={isMaintenance ? 'timeline-line timeline-maintenance' : 'timeline-line'}>
      <span className="timeline-track" aria-hidden>
        <span style={{ insetInlineStart: `${String(from)}%`, width: `max(4px, ${String(to - from)}%)` }} />
      </span>
      <span className="timeline-text">
        <Icon size={12} aria-hidden />
        <strong className="selectable">{name}</strong>
        {whose === '' ? null : <span className={isMaintenance ? 'tag tag-warn' : 'tag'}>{whose}</span>}
        <span>{when}</span>
        <span className="secondary selectable" title={nodes}>
          {nodeCount === null ? nodes : t('clusters.reservation.nodes', { count: nodeCount })}
        </span>
      </span>
    </li>
  );
}
