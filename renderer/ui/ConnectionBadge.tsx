import type { ConnectionState } from '../../shared/domain/cluster/profile.ts';
import { t } from '../i18n/index.ts';
import './ConnectionBadge.css';

/** A dot and a word for the state of a connection. */
export function ConnectionBadge({ phase }: { phase: ConnectionState['phase'] }) {
  return (
    <span className={`connection connection-${phase}`} data-testid="connection" data-phase={phase}>
      <span className="connection-dot" aria-hidden />
      {t(`ui.connection.${phase}`)}
    </span>
  );
}
