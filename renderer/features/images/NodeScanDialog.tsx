import { useEffect, useState } from 'react';
import type { OutputOf } from '../../../shared/contract/index.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { scanNodes } from '../../stores/images.ts';
import { t } from '../../i18n/index.ts';
import { Button, Checkbox, Dialog, ErrorNotice, Skeleton, navigate } from '../../ui/index.ts';

type Plan = OutputOf<'images.nodeScanPlan'>;

/** Shows what looking for images on compute nodes would run, and runs it for the partitions that are chosen: never before. */
export function NodeScanDialog({ clusterId, onClose }: { clusterId: ClusterId; onClose: () => void }) {
  const [plan, setPlan] = useState<Plan | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const gone = new AbortController();
    client.call('images.nodeScanPlan', { clusterId }, { signal: gone.signal }).then(setPlan, (failure: unknown) => {
      if (!gone.signal.aborted) setError(appErrorOf(failure));
    });
    return () => gone.abort();
  }, [clusterId]);
  const partitions = (plan ?? []).map(({ partition }) => partition).filter((partition) => !left.has(partition));
  const run = (): void => {
    void scanNodes(clusterId, partitions);
    onClose();
  };
  const toProfile = (): void => navigate('clusters', [clusterId, 'edit', 'imageNodes']);
  const isEmpty = plan !== null && plan.length === 0;
  return (
    <Dialog
      title={t('images.nodes.title')}
      isOpen
      onClose={onClose}
      width={46}
      actions={
        <>
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          {isEmpty ? (
            <Button variant="primary" onPress={toProfile}>
              {t('images.nodes.choose')}
            </Button>
          ) : (
            <Button variant="primary" isDisabled={partitions.length === 0} onPress={run}>
              {t('images.nodes.run')}
            </Button>
          )}
        </>
      }
    >
      {error ? <ErrorNotice error={error} /> : plan === null ? <Skeleton lines={[60, 80]} /> : null}
      {isEmpty ? <p>{t('images.nodes.none')}</p> : null}
      {plan === null || isEmpty ? null : <p>{t('images.nodes.text')}</p>}
      {plan?.map(({ partition, node, via, command, folders }) => (
        <section key={partition} className="images-plan">
          <Checkbox
            isSelected={!left.has(partition)}
            onChange={(isChosen) => {
              const next = new Set(left);
              if (isChosen) next.delete(partition);
              else next.add(partition);
              setLeft(next);
            }}
          >
            {t(via === 'ssh' ? 'images.nodes.bySsh' : 'images.nodes.byJob', {
              partition,
              node: node ?? '',
              folders: folders.join(', '),
            })}
          </Checkbox>
          <pre className="image-text" tabIndex={0}>
            {command}
          </pre>
        </section>
      ))}
    </Dialog>
  );
}
