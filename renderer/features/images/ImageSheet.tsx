import { Ellipsis, LoaderCircle, Rocket, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import type { ClusterView } from '../../../shared/domain/cluster/profile.ts';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { plain, plainLine } from '../../../shared/lib/plain.ts';
import { imageKey, type ImagePlace } from '../../lib/imageKey.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { Button, CopyButton, ErrorNotice, IconButton, Menu, ProblemLine, Skeleton } from '../../ui/index.ts';
import { ImageContents } from './ImageContents.tsx';
import { ImageFacts } from './ImageFacts.tsx';
import { endWork, useImageWork } from './imageWork.ts';
import { takeToLaunch, useImageActions } from './useImageActions.ts';
import { useImageDetail } from './useImageDetail.ts';

export interface ImageSheetProps {
  cluster: ClusterView;
  place: ImagePlace;
  images: readonly ImageSummary[];
  /** Each new number above 0 moves the focus here. */
  focusRequest: number;
  onCompare: (image: ImageSummary, other: ImageSummary) => void;
  onClose: () => void;
}

/** Everything that is known of one image, and what can be done with it. */
export function ImageSheet({ cluster, place, images, focusRequest, onCompare, onClose }: ImageSheetProps) {
  const key = imageKey(place);
  const listed = images.find((image) => imageKey(image) === key);
  const { detail, error } = useImageDetail(cluster.profile.id, place, listed);
  const image = listed ?? detail?.image;
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focusRequest > 0) body.current?.focus();
  }, [focusRequest]);
  return (
    <section className="image-sheet" aria-label={t('images.detail')} data-testid="image-sheet">
      <header className="image-sheet-head">
        <h2 className="truncate selectable" title={place.path}>
          {plainLine(image?.name ?? place.path)}
        </h2>
        {image && !image.active ? <span className="image-tag">{t('images.gone')}</span> : null}
        <span className="image-sheet-actions">
          {image ? <Actions cluster={cluster} image={image} images={images} onCompare={onCompare} /> : null}
          <IconButton size="dense" icon={X} label={t('images.closeDetail')} onPress={onClose} />
        </span>
      </header>
      <div className="image-sheet-body" tabIndex={0} ref={body} role="group" aria-label={t('images.facts')}>
        {image && image.problem !== null ? (
          <ProblemLine problem={{ severity: 'warning', message: sayMessage(image.problem) }} />
        ) : null}
        <Work place={place} />
        {error ? <ErrorNotice error={error} /> : null}
        {image ? (
          <>
            {image.description === null ? null : (
              <p className="selectable image-description">{plain(image.description)}</p>
            )}
            <p className="image-path">
              <span className="mono selectable">{plainLine(image.path)}</span>
              <CopyButton text={image.path} label={t('images.actions.copyPath')} />
            </p>
            <ImageFacts clusterId={cluster.profile.id} image={image} detail={detail} />
          </>
        ) : null}
        {detail?.metadata ? <ImageContents metadata={detail.metadata} /> : null}
        {detail === null && error === null ? <Skeleton lines={[60, 40, 70]} /> : null}
      </div>
    </section>
  );
}

function Actions({
  cluster,
  image,
  images,
  onCompare,
}: Pick<ImageSheetProps, 'cluster' | 'images' | 'onCompare'> & { image: ImageSummary }) {
  const entries = useImageActions(cluster, image, images, onCompare);
  return (
    <>
      <Button
        size="dense"
        variant="primary"
        icon={Rocket}
        isDisabled={!image.active}
        onPress={() => takeToLaunch(cluster, image)}
      >
        {t('images.actions.launch')}
      </Button>
      <Menu
        label={t('images.actions.label', { name: image.name })}
        trigger={<IconButton size="dense" icon={Ellipsis} label={t('images.actions.more')} />}
        entries={entries.slice(2)}
      />
    </>
  );
}

/** What the cluster is doing with this image just now, or why it could not. */
function Work({ place }: { place: ImagePlace }) {
  const running = useImageWork((store) => store.running[imageKey(place)]);
  const error = useImageWork((store) => store.errors[imageKey(place)]);
  if (running === undefined) return error === undefined ? null : <ErrorNotice error={error} />;
  return (
    <p className="image-work secondary" role="status">
      <LoaderCircle size={13} className="spin" aria-hidden />
      {t(running.what === 'digest' ? 'images.digesting' : 'images.inspecting')}
      <Button size="dense" variant="quiet" onPress={() => endWork(place)}>
        {t('ui.cancel')}
      </Button>
    </p>
  );
}
