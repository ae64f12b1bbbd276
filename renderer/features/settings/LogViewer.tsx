import { RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import type { LogEntry } from '../../../shared/contract/program.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, ErrorNotice, Group, IconButton, SearchField, exactTime, navigate, useRoute } from '../../ui/index.ts';

/** Most lines that are asked for: what somebody can read. */
const LIMIT = 500;

/** The log, newest first; a click on a request id follows it. `#/settings/log/<request id>` opens it so. */
export function LogViewer() {
  const { segments } = useRoute();
  const requestId = segments[0] === 'log' ? (segments[1] ?? '') : '';
  const [text, setText] = useState('');
  const [entries, setEntries] = useState<readonly LogEntry[] | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [round, setRound] = useState(0);

  useEffect(() => {
    const gone = new AbortController();
    const query = {
      limit: LIMIT,
      ...(requestId === '' ? {} : { requestId }),
      ...(text.trim() === '' ? {} : { text: text.trim() }),
    };
    client.call('log.query', query, { signal: gone.signal }).then(
      (answer) => {
        setError(null);
        setEntries(answer.entries.toReversed());
      },
      (failure: unknown) => {
        if (!gone.signal.aborted) setError(appErrorOf(failure));
      },
    );
    return () => gone.abort();
  }, [requestId, text, round]);

  const follow = (id: string): void => navigate('settings', id === '' ? [] : ['log', id], { replace: true });
  return (
    <Group
      level={2}
      title={t('settings.groups.log')}
      aside={
        <IconButton
          icon={RefreshCw}
          size="dense"
          label={t('settings.log.refresh')}
          onPress={() => setRound(round + 1)}
        />
      }
    >
      <div className="log-tools">
        <SearchField label={t('settings.log.filter')} value={text} onChange={setText} />
        <SearchField label={t('settings.log.requestId')} value={requestId} onChange={follow} />
        {requestId === '' ? null : (
          <Button size="dense" onPress={() => follow('')}>
            {t('settings.log.all')}
          </Button>
        )}
        <span className="secondary">{entries ? t('settings.log.lines', { count: entries.length }) : ''}</span>
      </div>
      {error ? <ErrorNotice error={error} /> : null}
      {entries?.length === 0 ? <p className="muted">{t('settings.log.empty')}</p> : null}
      {entries && entries.length > 0 ? (
        <div className="log-table" role="region" aria-label={t('settings.log.label')} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th>{t('settings.log.time')}</th>
                <th>{t('settings.log.level')}</th>
                <th>{t('settings.log.event')}</th>
                <th>{t('settings.log.requestId')}</th>
                <th>{t('settings.log.details')}</th>
              </tr>
            </thead>
            <tbody>
              {entries.map((entry, index) => (
                <LogLine key={`${String(entry.at)}-${String(index)}`} entry={entry} onFollow={follow} />
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </Group>
  );
}

function LogLine({ entry, onFollow }: { entry: LogEntry; onFollow: (requestId: string) => void }) {
  const { requestId } = entry;
  const details = Object.entries(entry.details)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('  ');
  return (
    <tr className={`log-${entry.level}`}>
      <td>{exactTime(entry.at)}</td>
      <td className="log-level">{entry.level}</td>
      <td className="mono selectable">{entry.event}</td>
      <td>
        {requestId === null ? null : (
          <AriaButton
            className="log-request mono"
            onPress={() => onFollow(requestId)}
            aria-label={`${t('settings.log.follow')}: ${requestId}`}
          >
            {requestId}
          </AriaButton>
        )}
      </td>
      <td className="mono selectable log-details">{details}</td>
    </tr>
  );
}
