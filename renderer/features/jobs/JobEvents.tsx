import type { JobEvent } from '../../../shared/domain/job/schema.ts';
import { t } from '../../i18n/index.ts';
import { exactTime } from '../../ui/index.ts';
import { eventDetail, eventText } from './eventText.ts';

export function JobEvents({ events }: { events: readonly JobEvent[] }) {
  if (events.length === 0) return <p className="events muted">{t('jobs.noEvents')}</p>;
  return (
    <div className="events">
      <table className="plain-table selectable">
        <thead>
          <tr>
            <th>{t('jobs.eventTime')}</th>
            <th>{t('jobs.eventState')}</th>
            <th>{t('jobs.eventDetail')}</th>
          </tr>
        </thead>
        <tbody>
          {events.toReversed().map((event, index) => (
            <tr key={index}>
              <td>{exactTime(event.at)}</td>
              <td>
                {event.task === null ? null : (
                  <span className="muted">{t('jobs.tasks.name', { task: event.task })} · </span>
                )}
                {eventText(event)}
              </td>
              <td title={eventDetail(event)}>{eventDetail(event)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
