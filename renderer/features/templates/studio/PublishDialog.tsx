import { useState } from 'react';
import type { InputOf } from '../../../../shared/contract/index.ts';
import type { CodedError } from '../../../../shared/errors/codedError.ts';
import { appErrorOf } from '../../../client/pageError.ts';
import { useClusters } from '../../../stores/clusters.ts';
import { client } from '../../../client/index.ts';
import { useSettings } from '../../../client/settings.ts';
import { t } from '../../../i18n/index.ts';
import { Button, Dialog, ErrorNotice, Select, showToast, type Choice } from '../../../ui/index.ts';
import { loadLibrary } from '../../../stores/library.ts';

const LOCAL = 'local';

/** Copies a template to a folder that others read: the shared one of the settings, or one on a cluster. */
export function PublishDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const shared = useSettings((store) => store.settings?.communityTemplates ?? null);
  const clusters = useClusters((store) => store.clusters);
  const places: Choice[] = [
    ...(shared === null ? [] : [{ id: LOCAL, label: t('studio.publish.local'), detail: shared }]),
    ...(clusters ?? []).flatMap(({ profile }): Choice[] =>
      profile.communityFolder === null
        ? []
        : [{ id: `cluster:${profile.id}`, label: profile.name, detail: profile.communityFolder }],
    ),
  ];
  const [place, setPlace] = useState<string | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  /** The person has said that others may have it. */
  const [makePublic, setMakePublic] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const chosen = place ?? places[0]?.id ?? null;

  const publish = async (replace: boolean, makePublic: boolean): Promise<void> => {
    const cluster = clusters?.find(({ profile }) => `cluster:${profile.id}` === chosen);
    const to: InputOf<'templates.publish'>['to'] = cluster
      ? { kind: 'cluster', clusterId: cluster.profile.id }
      : { kind: 'local' };
    setBusy(true);
    setError(null);
    try {
      const { where } = await client.call('templates.publish', { id, to, replace, makePublic });
      showToast({ kind: 'ok', title: t('studio.publish.done', { name }), detail: where });
      await loadLibrary();
      onClose();
    } catch (reason) {
      setError(appErrorOf(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={t('studio.publish.title', { name })}
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button
            variant="primary"
            isDisabled={isBusy || chosen === null}
            onPress={() => void publish(false, makePublic)}
          >
            {t('studio.publish.do')}
          </Button>
        </>
      }
    >
      {places.length === 0 ? (
        <p>{t('studio.publish.nowhere')}</p>
      ) : (
        <Select label={t('studio.publish.to')} items={places} value={chosen} onChange={setPlace} />
      )}
      {error ? (
        <ErrorNotice
          error={error}
          action={
            error.name === 'TEMPLATE_EXISTS' ? (
              <Button size="dense" isDisabled={isBusy} onPress={() => void publish(true, makePublic)}>
                {t('studio.publish.replace')}
              </Button>
            ) : error.name === 'TEMPLATE_NOT_PUBLIC' ? (
              <Button
                size="dense"
                isDisabled={isBusy}
                onPress={() => {
                  setMakePublic(true);
                  void publish(false, true);
                }}
              >
                {t('studio.publish.makePublic')}
              </Button>
            ) : null
          }
        />
      ) : null}
    </Dialog>
  );
}
