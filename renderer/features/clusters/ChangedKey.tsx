import { ShieldAlert } from 'lucide-react';
import { useState } from 'react';
import type { ClusterView } from '../../../shared/domain/cluster/profile.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { Button, Checkbox, CopyButton, Dialog, ErrorNotice } from '../../ui/index.ts';
import type { KeyChange } from './keyChange.ts';
import './ChangedKey.css';

/** A server shows another key than the known one. There is no way past it but to remove the old key on purpose. */
export function ChangedKey({
  clusterId,
  change,
  onConnect,
}: {
  clusterId: ClusterView['profile']['id'];
  change: KeyChange;
  onConnect: () => void;
}) {
  const [isAsking, setAsking] = useState(false);
  const [removed, setRemoved] = useState<{ removed: number; files: readonly string[] } | null>(null);
  const host = change.port === 22 ? change.host : `${change.host}:${String(change.port)}`;
  return (
    <div className="changed-key" role="alert" data-testid="changed-key">
      <ShieldAlert size={20} aria-hidden />
      <div className="changed-key-body">
        <strong>{t('clusters.changedKey.title', { host })}</strong>
        <p>{t('clusters.changedKey.text')}</p>
        <dl className="fingerprints">
          {change.known.map((fingerprint) => (
            <Fingerprint key={fingerprint} label={t('clusters.changedKey.known')} value={fingerprint} />
          ))}
          <Fingerprint label={t('clusters.changedKey.offered')} value={change.offered} />
        </dl>
        {change.file === null ? null : (
          <p className="secondary selectable">
            {change.line === null
              ? t('clusters.changedKey.placeFile', { file: change.file })
              : t('clusters.changedKey.place', { file: change.file, line: change.line })}
          </p>
        )}
        {removed ? (
          <>
            <p role="status">
              {removed.removed === 0
                ? t('clusters.changedKey.nothingRemoved')
                : t('clusters.changedKey.removed', { count: removed.removed, files: removed.files.join(', ') })}
            </p>
            <span>
              <Button onPress={onConnect}>{t('clusters.connect')}</Button>
            </span>
          </>
        ) : change.known.length > 0 ? (
          <span>
            <Button onPress={() => setAsking(true)}>{t('clusters.changedKey.remove')}</Button>
          </span>
        ) : null}
      </div>
      {isAsking ? (
        <RemoveKeyDialog
          clusterId={clusterId}
          change={change}
          host={host}
          onClose={() => setAsking(false)}
          onRemoved={setRemoved}
        />
      ) : null}
    </div>
  );
}

function Fingerprint({ label, value }: { label: string; value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <span className="mono selectable">{value}</span>
        <CopyButton text={value} />
      </dd>
    </>
  );
}

interface RemoveKeyDialogProps {
  clusterId: ClusterView['profile']['id'];
  change: KeyChange;
  host: string;
  onClose: () => void;
  onRemoved: (done: { removed: number; files: readonly string[] }) => void;
}

function RemoveKeyDialog({ clusterId, change, host, onClose, onRemoved }: RemoveKeyDialogProps) {
  const [isSure, setSure] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<CodedError | null>(null);
  const remove = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const files = new Set<string>();
      let removed = 0;
      for (const fingerprint of change.known) {
        const done = await client.call('clusters.forgetHostKey', {
          clusterId,
          host: change.host,
          port: change.port,
          fingerprint,
        });
        removed += done.removed;
        for (const file of done.files) files.add(file);
      }
      onRemoved({ removed, files: [...files] });
      onClose();
    } catch (failure) {
      setError(appErrorOf(failure));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('clusters.changedKey.dialogTitle', { host })}
      isOpen
      isStrict
      role="alertdialog"
      width={36}
      onClose={onClose}
      actions={
        <>
          <Button autoFocus onPress={onClose}>
            {t('ui.cancel')}
          </Button>
          <Button variant="danger" isDisabled={!isSure || isBusy} onPress={() => void remove()}>
            {t('clusters.changedKey.doIt')}
          </Button>
        </>
      }
    >
      <p>{t('clusters.changedKey.dialogText')}</p>
      <dl className="fingerprints">
        <Fingerprint label={t('clusters.changedKey.offered')} value={change.offered} />
      </dl>
      <Checkbox isSelected={isSure} onChange={setSure}>
        {t('clusters.changedKey.confirm')}
      </Checkbox>
      {error ? <ErrorNotice error={error} /> : null}
    </Dialog>
  );
}
