import { ChevronDown, RefreshCw } from 'lucide-react';
import { Suspense, useEffect, useId, useState } from 'react';
import { Button as AriaButton, Dialog, DialogTrigger, Popover } from 'react-aria-components';
import { withSlurmRules } from '../../../shared/domain/template/slurmRules.ts';
import { imageName, missingAmong } from '../../../shared/domain/image/rule.ts';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { shortFacts } from '../../lib/imageFacts.ts';
import { useIsConnected } from '../../stores/clusters.ts';
import { loadImages, scanImages, useImages, type ImageList } from '../../stores/images.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { ErrorNotice, Group, IconButton, later, ProblemLine, Select, Skeleton, usePrefetch } from '../../ui/index.ts';
import { useChangeDraft, useFieldProblem, useFormSession } from './formSessionContext.ts';
import { startingImage } from './startingImage.ts';
import '../../ui/Select.css';

const ImagePicker = later(async () => (await import('./ImagePicker.tsx')).ImagePicker);
const NONE: readonly ImageSummary[] = [];

/** The image that the job runs in. A template without a container lets a person choose one all the same. */
export function ContainerFields() {
  const rule = useFormSession((session) => session.detail.template.image);
  const clusterId = useFormSession((session) => session.draft.clusterId);
  const chosen = useFormSession((session) => session.draft.imagePath);
  const isReady = useIsConnected(clusterId);
  const list = useImages((store) => store.lists[clusterId]);
  const error = useImages((store) => store.errors[clusterId]);
  const isScanning = useImages((store) => clusterId in store.scans);
  const isLoading = useImages((store) => store.loading.has(clusterId)) || isScanning;
  const problem = useFieldProblem('image');

  useEffect(() => {
    void loadImages(clusterId);
  }, [clusterId, isReady]);
  useStartingImage(list);

  const images = list?.images ?? NONE;
  const missing = list ? missingAmong(rule, images) : [];
  const image = images.find(({ path }) => path === chosen);
  return (
    <Group
      title={t('launch.container.title')}
      aside={
        <IconButton
          icon={RefreshCw}
          size="dense"
          label={t('launch.container.refresh')}
          isDisabled={!isReady || isLoading}
          onPress={() => void scanImages(clusterId)}
        />
      }
    >
      {error && !list ? <ErrorNotice error={error} /> : null}
      <ImageField list={list} image={image} isLoading={isLoading} />
      <AppField image={image} />
      {missing.length > 0 && missing.length === rule.allowedImages.length && !problem ? (
        <ProblemLine
          problem={{ severity: 'error', message: t('launch.container.missing', { names: missing.join(', ') }) }}
        />
      ) : null}
      {list?.unreadable.map(({ folder, reason }) => (
        <ProblemLine
          key={folder}
          problem={{
            severity: 'info',
            message: t('launch.container.unreadable', { folder: plainLine(folder), reason: sayMessage(reason) }),
          }}
        />
      ))}
    </Group>
  );
}

/** Chooses where the person has not: what another screen asked for, else what the rule implies, as soon as the images are known. */
function useStartingImage(list: ImageList | undefined): void {
  const rule = useFormSession((session) => session.detail.template.image);
  const clusterId = useFormSession((session) => session.draft.clusterId);
  const partition = usePartition();
  const wanted = useImages((store) => store.wanted);
  const changeDraft = useChangeDraft();
  useEffect(() => {
    if (wanted?.clusterId !== clusterId) return;
    useImages.setState({ wanted: null });
    changeDraft(({ imageApp: _app, ...draft }) => ({ ...draft, imagePath: wanted.path }));
  }, [wanted, clusterId, changeDraft]);
  useEffect(() => {
    if (!list) return;
    changeDraft((draft) => {
      const imagePath = startingImage(rule, list.images, draft.imagePath, partition);
      return draft.clusterId !== clusterId || imagePath === draft.imagePath ? draft : { ...draft, imagePath };
    });
  }, [list, rule, clusterId, partition, changeDraft]);
}

/** The partition that the job asks for: a rule may go by it. */
function usePartition(): string | null {
  const asked = useFormSession((session) => session.draft.resources.partition);
  const own = useFormSession(({ detail, draft }) => withSlurmRules(detail.template, draft.parameters).slurm.partition);
  return (asked ?? own ?? '') || null;
}

function ImageField({
  list,
  image,
  isLoading,
}: {
  list: ImageList | undefined;
  image: ImageSummary | undefined;
  isLoading: boolean;
}) {
  const rule = useFormSession((session) => session.detail.template.image);
  const chosen = useFormSession((session) => session.draft.imagePath);
  const partition = usePartition();
  const problem = useFieldProblem('image');
  const changeDraft = useChangeDraft();
  const [isOpen, setOpen] = useState(false);
  const labelId = useId();
  const valueId = useId();
  // who opens it looks for something at once
  usePrefetch(ImagePicker);
  const placeholder = list
    ? list.images.length === 0
      ? t('launch.container.noneFound')
      : rule.mode === 'none'
        ? t('launch.container.optional')
        : t('launch.choose')
    : isLoading
      ? t('launch.container.looking')
      : t('launch.container.offline');
  return (
    <div className="field" data-field="image" data-testid="image-field">
      <span id={labelId} className="visually-hidden">
        {t('launch.container.image')}
      </span>
      <DialogTrigger isOpen={isOpen} onOpenChange={setOpen}>
        <AriaButton
          className="input-box select-button image-button"
          aria-labelledby={`${labelId} ${valueId}`}
          isDisabled={rule.mode !== 'none' && !rule.userSelectable && image !== undefined}
        >
          <span className="select-value" id={valueId} {...(chosen === null ? { 'data-placeholder': true } : {})}>
            {chosen === null ? (
              placeholder
            ) : (
              <>
                {plainLine(imageName(chosen))}
                <span className="secondary image-button-facts">
                  {image === undefined ? plainLine(chosen) : shortFacts(image).join(' · ')}
                </span>
              </>
            )}
          </span>
          <ChevronDown size={14} aria-hidden />
        </AriaButton>
        <Popover className="popover image-popover" offset={3} placement="bottom start">
          <Dialog aria-label={t('launch.container.image')}>
            <Suspense fallback={<Skeleton />}>
              <ImagePicker
                images={list?.images ?? NONE}
                rule={rule}
                partition={partition}
                chosen={chosen}
                mayBeNone={rule.mode === 'none'}
                onChoose={(imagePath) => {
                  setOpen(false);
                  // the app of another image is none of this one
                  changeDraft(({ imageApp: _app, ...draft }) => ({ ...draft, imagePath }));
                }}
              />
            </Suspense>
          </Dialog>
        </Popover>
      </DialogTrigger>
      {problem ? (
        <ProblemLine problem={problem} />
      ) : image !== undefined && image.description !== null ? (
        <div className="field-help">{plainLine(image.description)}</div>
      ) : null}
    </div>
  );
}

/** Which of the image's apps is started: the template's where nobody chose. */
function AppField({ image }: { image: ImageSummary | undefined }) {
  const own = useFormSession((session) => session.detail.template.image.app);
  const app = useFormSession((session) => session.draft.imageApp);
  const changeDraft = useChangeDraft();
  const value = app === undefined ? own : app;
  const apps = image?.apps ?? [];
  if (apps.length === 0)
    return own === null ? null : <p className="field-help">{t('launch.container.app', { app: own })}</p>;
  const names = value === null || apps.includes(value) ? apps : [...apps, value];
  return (
    <Select
      label={t('launch.container.appOf')}
      name="imageApp"
      value={value ?? ''}
      items={[
        { id: '', label: t('launch.container.noApp') },
        ...names.map((name) => ({ id: name, label: plainLine(name) })),
      ]}
      onChange={(chosen) => changeDraft((draft) => ({ ...draft, imageApp: chosen === '' ? null : chosen }))}
    />
  );
}
