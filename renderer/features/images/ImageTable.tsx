import { CircleAlert } from 'lucide-react';
import { useMemo, type ReactNode } from 'react';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { useRemembered } from '../../client/remembered.ts';
import { shortLabel, tellingLabels } from '../../lib/imageLabels.ts';
import { imageKey } from '../../lib/imageKey.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { Bytes, RelativeTime, VirtualTable, formatCount, type Column } from '../../ui/index.ts';
import { evidenceLines } from './evidence.ts';
import type { ImageColumn, ImageOrder } from './sort.ts';

const NO_WIDTHS: Record<string, number> = {};
const WIDTHS: Readonly<Record<ImageColumn, number>> = {
  name: 230,
  type: 100,
  version: 96,
  size: 84,
  architecture: 92,
  gpu: 84,
  apps: 120,
  labels: 140,
  signed: 84,
  digest: 112,
  usedIn: 76,
  lastUsed: 104,
  folder: 220,
};

const nothing = <span className="muted">–</span>;

function words(text: string | null): ReactNode {
  if (text === null || text === '') return nothing;
  const line = plainLine(text);
  return (
    <span className="truncate" title={line}>
      {line}
    </span>
  );
}

const CELLS: Readonly<Record<ImageColumn, (image: ImageSummary) => ReactNode>> = {
  name: (image) => (
    <>
      {image.problem === null ? null : (
        <span className="image-problem" title={sayMessage(image.problem)}>
          <CircleAlert size={13} aria-label={sayMessage(image.problem)} />
        </span>
      )}
      <span className={image.active ? 'truncate image-name' : 'truncate image-name image-gone'} title={image.path}>
        {plainLine(image.name)}
      </span>
      {image.active ? null : <span className="image-tag">{t('images.gone')}</span>}
      {image.node === null ? null : <span className="image-tag">{image.partition ?? image.node}</span>}
    </>
  ),
  type: (image) => t(`images.types.${image.type}`),
  version: (image) => words(image.version),
  size: (image) => (image.kind === 'sandbox' ? nothing : <Bytes value={image.size} />),
  architecture: (image) =>
    image.architecture === 'unknown' ? <span className="muted">{t('images.unknown')}</span> : image.architecture,
  gpu: (image) => (
    <span
      className={image.gpu.need === 'none' || image.gpu.need === 'unknown' ? 'muted' : 'image-gpu'}
      title={evidenceLines(image.gpu).join('\n')}
    >
      {t(`images.gpus.${image.gpu.need}`)}
    </span>
  ),
  apps: (image) => words(image.apps.join(', ')),
  labels: (image) =>
    words(
      tellingLabels(image.labels)
        .map(([name, value]) => `${shortLabel(name)}=${value}`)
        .join(', '),
    ),
  signed: (image) => (
    <span className={image.signed === true ? undefined : 'muted'}>
      {t(`images.signedWords.${image.signed === null ? 'unknown' : image.signed ? 'yes' : 'no'}`)}
    </span>
  ),
  digest: (image) =>
    image.digest === null ? (
      nothing
    ) : (
      <span className="mono truncate" title={`sha256:${image.digest}`}>
        {image.digest.slice(0, 12)}
      </span>
    ),
  usedIn: (image) => (image.usedIn === 0 ? nothing : formatCount(image.usedIn)),
  lastUsed: (image) => <RelativeTime at={image.lastUsedAt} />,
  folder: (image) => words(image.path.slice(0, image.path.lastIndexOf('/')) || '/'),
};

const AT_THE_END: readonly ImageColumn[] = ['size', 'usedIn', 'lastUsed'];

export interface ImageTableProps {
  images: readonly ImageSummary[];
  marked: string | null;
  selected: ReadonlySet<string>;
  onSelect: (keys: ReadonlySet<string>) => void;
  order: ImageOrder;
  onOrder: (column: ImageColumn) => void;
  onMark: (image: ImageSummary) => void;
  onOpen: (image: ImageSummary) => void;
  onMenu: (image: ImageSummary, place: { x: number; y: number }) => void;
}

export function ImageTable({ images, order, onOrder, ...rest }: ImageTableProps) {
  const [widths, setWidths] = useRemembered('images.columns', NO_WIDTHS);
  const columns = useMemo(
    () =>
      (Object.keys(CELLS) as ImageColumn[]).map((id): Column<ImageSummary> => ({
        id,
        header: t(`images.columns.${id}`),
        width: WIDTHS[id],
        ...(AT_THE_END.includes(id) ? { align: 'end' as const } : {}),
        render: CELLS[id],
      })),
    [],
  );
  return (
    <VirtualTable
      {...rest}
      label={t('images.title')}
      columns={columns}
      rowCount={images.length}
      rowAt={(index) => images[index]}
      keyOf={imageKey}
      order={order}
      onOrder={(column) => onOrder(column as ImageColumn)}
      widths={widths}
      onWidths={setWidths}
      onVisible={() => undefined}
      scrollKey="images"
      testId="images-table"
    />
  );
}
