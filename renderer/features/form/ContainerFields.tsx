import { RefreshCw } from 'lucide-react';
import { useEffect } from 'react';
import { allowedAmong, missingAmong } from '../../../shared/domain/image/rule.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { useIsConnected } from '../../stores/clusters.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { ErrorNotice, Group, IconButton, ProblemLine, Select } from '../../ui/index.ts';
import { startingImage } from './startingImage.ts';
import { imagesThere, loadImages, useImages } from './images.ts';
import { useChangeDraft, useFieldProblem, useFormSession } from './formSessionContext.ts';

/** The image that the job runs in; nothing where the template has no container. */
export function ContainerFields() {
  const rule = useFormSession((session) => session.detail.template.image);
  return rule.mode === 'none' ? null : <ImageField />;
}

function ImageField() {
  const rule = useFormSession((session) => session.detail.template.image);
  const clusterId = useFormSession((session) => session.draft.clusterId);
  const chosen = useFormSession((session) => session.draft.imagePath);
  const problem = useFieldProblem('image');
  const changeDraft = useChangeDraft();
  const isReady = useIsConnected(clusterId);
  const list = useImages((store) => store.lists[clusterId]);
  const error = useImages((store) => store.errors[clusterId]);
  const isLoading = useImages((store) => store.loading.has(clusterId));

  useEffect(() => {
    if (isReady && !list) void loadImages(clusterId);
  }, [isReady, list, clusterId]);
  useEffect(() => {
    if (!list) return;
    changeDraft((draft) => {
      const imagePath = startingImage(rule, imagesThere(list), draft.imagePath);
      return draft.clusterId !== clusterId || imagePath === draft.imagePath ? draft : { ...draft, imagePath };
    });
  }, [list, rule, clusterId, changeDraft]);

  const images = list ? allowedAmong(rule, imagesThere(list)) : [];
  const missing = list ? missingAmong(rule, imagesThere(list)) : [];
  const items = images.map((image) => ({
    id: image.path,
    label: image.name,
    detail: `${formatBytes(image.size)} · ${image.folder}`,
  }));
  const isKnown = chosen === null || items.some((item) => item.id === chosen);
  const placeholder = list
    ? images.length === 0
      ? t('launch.container.noneFound')
      : t('launch.choose')
    : isLoading
      ? t('launch.container.looking')
      : t('launch.container.offline');
  return (
    <Group
      title={t('launch.container.title')}
      aside={
        <IconButton
          icon={RefreshCw}
          size="dense"
          label={t('launch.container.refresh')}
          isDisabled={!isReady || isLoading}
          onPress={() => void loadImages(clusterId, true)}
        />
      }
    >
      {error && !list ? <ErrorNotice error={error} /> : null}
      <Select
        label={t('launch.container.image')}
        labelHidden
        name="image"
        items={
          isKnown ? items : [...items, { id: chosen, label: chosen.slice(chosen.lastIndexOf('/') + 1), detail: chosen }]
        }
        value={chosen}
        onChange={(imagePath) => changeDraft((draft) => ({ ...draft, imagePath }))}
        placeholder={placeholder}
        isDisabled={!rule.userSelectable && chosen !== null && isKnown}
        problem={problem}
        {...(rule.app === null ? {} : { help: t('launch.container.app', { app: rule.app }) })}
      />
      {missing.length > 0 && images.length === 0 && !problem ? (
        <ProblemLine
          problem={{ severity: 'error', message: t('launch.container.missing', { names: missing.join(', ') }) }}
        />
      ) : null}
      {list?.unreadable.map(({ folder, reason }) => (
        <ProblemLine
          key={folder}
          problem={{
            severity: 'info',
            message: t('launch.container.unreadable', { folder, reason: sayMessage(reason) }),
          }}
        />
      ))}
    </Group>
  );
}
