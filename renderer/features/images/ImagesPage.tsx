import { FilterX, ServerOff } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { ClusterView } from '../../../shared/domain/cluster/profile.ts';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { imageKey, placeOfKey } from '../../lib/imageKey.ts';
import { useRemembered } from '../../client/remembered.ts';
import { useCurrentCluster, useIsConnected } from '../../stores/clusters.ts';
import { loadImages, useImages, type ImageList } from '../../stores/images.ts';
import { t } from '../../i18n/index.ts';
import {
  Button,
  ContextMenu,
  EmptyState,
  ErrorNotice,
  Skeleton,
  SplitPane,
  navigate,
  useMedia,
  useRoute,
} from '../../ui/index.ts';
import { CompareDialog } from './CompareDialog.tsx';
import { EVERY_IMAGE, filterImages, type ImageFilter } from './filter.ts';
import { ImageFilters } from './ImageFilters.tsx';
import { ImageSheet } from './ImageSheet.tsx';
import { ImageTable } from './ImageTable.tsx';
import { ScanStatus } from './ScanStatus.tsx';
import { NoImages } from './NoImages.tsx';
import { orderPressed, sortImages, type ImageOrder } from './sort.ts';
import { useImageActions } from './useImageActions.ts';
import './ImagesPage.css';

const NOTHING: ReadonlySet<string> = new Set();
const NONE: readonly ImageSummary[] = [];
const NEVER_LOOKED: ImageList = { images: [], folders: [], unreadable: [], scannedAt: null, scanning: false };
const BY_NAME: ImageOrder = { column: 'name', descending: false };
/** Below this width the details stand below the list. */
const NARROW = '(max-width: 1099px)';

/** The images of the cluster of the top bar; `#/images/<key>` opens one beside the list, `#/images/<key>/compare/<key>` compares two. */
export function ImagesPage() {
  const cluster = useCurrentCluster();
  return (
    <>
      <h1 className="visually-hidden">{t('images.title')}</h1>
      {cluster === null ? (
        <EmptyState
          icon={ServerOff}
          title={t('app.noCluster')}
          action={<Button onPress={() => navigate('clusters')}>{t('app.manageClusters')}</Button>}
        />
      ) : (
        <ImagesOf key={cluster.profile.id} cluster={cluster} />
      )}
    </>
  );
}

function ImagesOf({ cluster }: { cluster: ClusterView }) {
  const { id } = cluster.profile;
  const list = useImages((store) => store.lists[id]);
  const error = useImages((store) => store.errors[id]);
  const isLoading = useImages((store) => store.loading.has(id));
  const isReady = useIsConnected(id);
  useEffect(() => {
    void loadImages(id);
  }, [id, isReady]);
  if (list) return <ImageBrowser cluster={cluster} list={list} />;
  if (error)
    return (
      <div className="images-notice">
        <ErrorNotice
          title={t('images.failed')}
          error={error}
          action={<Button onPress={() => void loadImages(id)}>{t('ui.tryAgain')}</Button>}
        />
      </div>
    );
  if (!isReady && !isLoading) return <NoImages cluster={cluster} list={NEVER_LOOKED} />;
  return <Skeleton lines={[92, 88, 95, 80, 90]} />;
}

function ImageBrowser({ cluster, list }: { cluster: ClusterView; list: ImageList }) {
  const { segments } = useRoute();
  const key = segments[0] ?? null;
  const otherKey = segments[1] === 'compare' ? (segments[2] ?? null) : null;
  const [remembered, setFilter] = useRemembered<ImageFilter>('images.filter', EVERY_IMAGE);
  const filter = useMemo(() => ({ ...EVERY_IMAGE, ...remembered }), [remembered]);
  const [order, setOrder] = useRemembered<ImageOrder>('images.order', BY_NAME);
  const [width, setWidth] = useRemembered('images.sheetWidth', 440);
  const [height, setHeight] = useRemembered('images.sheetHeight', 320);
  const isNarrow = useMedia(NARROW);
  const [selected, setSelected] = useState(NOTHING);
  // Enter in the list moves the focus to the details, marking alone does not
  const [opened, setOpened] = useState({ key: '', times: 0 });
  const [menu, setMenu] = useState<{ image: ImageSummary; place: { x: number; y: number } } | null>(null);
  const shown = useMemo(() => sortImages(filterImages(list.images, filter), order), [list.images, filter, order]);
  const chosen = list.images.filter((image) => selected.has(imageKey(image)));
  const place = key === null ? null : placeOfKey(key);
  const show = (image: ImageSummary): void => navigate('images', [imageKey(image)], { replace: true });
  const compare = (image: ImageSummary, other: ImageSummary): void =>
    navigate('images', [imageKey(image), 'compare', imageKey(other)]);

  const content =
    list.images.length === 0 ? (
      <NoImages cluster={cluster} list={list} />
    ) : shown.length === 0 ? (
      <EmptyState
        icon={FilterX}
        title={t('images.nothing')}
        action={<Button onPress={() => setFilter(EVERY_IMAGE)}>{t('images.clearFilters')}</Button>}
      />
    ) : (
      <ImageTable
        images={shown}
        marked={key}
        selected={selected}
        onSelect={setSelected}
        order={order}
        onOrder={(column) => setOrder(orderPressed(order, column))}
        onMark={(image) => {
          setOpened({ key: '', times: 0 });
          show(image);
        }}
        onOpen={(image) => {
          setOpened((old) => ({ key: imageKey(image), times: old.times + 1 }));
          show(image);
        }}
        onMenu={(image, at) => setMenu({ image, place: at })}
      />
    );
  return (
    <>
      <SplitPane
        direction={isNarrow ? 'column' : 'row'}
        sized="second"
        size={isNarrow ? height : width}
        onResize={isNarrow ? setHeight : setWidth}
        min={isNarrow ? 160 : 320}
        minOther={isNarrow ? 180 : 360}
        label={t('images.detail')}
        first={
          <div className="images-list">
            <ImageFilters
              images={list.images}
              filter={filter}
              onFilter={(changes) => setFilter({ ...filter, ...changes })}
              shown={shown.length}
              chosen={chosen.length === 2 ? chosen : NONE}
              onCompare={compare}
            />
            <ScanStatus cluster={cluster} list={list} />
            {content}
          </div>
        }
        second={
          place === null ? null : (
            <ImageSheet
              key={key}
              cluster={cluster}
              place={place}
              images={list.images}
              focusRequest={opened.key === key ? opened.times : 0}
              onCompare={compare}
              onClose={() => navigate('images', [], { replace: true })}
            />
          )
        }
      />
      {menu === null ? null : (
        <ImageMenu
          cluster={cluster}
          image={menu.image}
          images={list.images}
          place={menu.place}
          onCompare={compare}
          onClose={() => setMenu(null)}
        />
      )}
      {place === null || otherKey === null || key === null ? null : (
        <CompareDialog
          clusterId={cluster.profile.id}
          left={place}
          right={placeOfKey(otherKey)}
          images={list.images}
          onRight={(other) => navigate('images', [key, 'compare', other], { replace: true })}
          onClose={() => navigate('images', [key], { replace: true })}
        />
      )}
    </>
  );
}

function ImageMenu({
  cluster,
  image,
  images,
  place,
  onCompare,
  onClose,
}: {
  cluster: ClusterView;
  image: ImageSummary;
  images: readonly ImageSummary[];
  place: { x: number; y: number };
  onCompare: (image: ImageSummary, other: ImageSummary) => void;
  onClose: () => void;
}) {
  const entries = useImageActions(cluster, image, images, onCompare);
  return (
    <ContextMenu
      place={place}
      label={t('images.actions.label', { name: image.name })}
      entries={entries}
      onClose={onClose}
    />
  );
}
