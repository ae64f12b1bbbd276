import { GitCompareArrows, SlidersHorizontal } from 'lucide-react';
import { Dialog, DialogTrigger, Popover } from 'react-aria-components';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { t } from '../../i18n/index.ts';
import { Button, FormGrid, SearchField, Select, TextField, formatCount } from '../../ui/index.ts';
import { architecturesOf, EVERY_IMAGE, isEveryImage, moreFiltersSet, type ImageFilter } from './filter.ts';

const IMAGE_TYPES = ['viz', 'compute', 'custom'] as const satisfies readonly ImageSummary['type'][];
const GPU_NEEDS = ['cuda', 'rocm', 'none', 'unknown'] as const satisfies readonly ImageSummary['gpu']['need'][];

export interface ImageFiltersProps {
  images: readonly ImageSummary[];
  filter: ImageFilter;
  onFilter: (changes: Partial<ImageFilter>) => void;
  /** How many images the filters let through. */
  shown: number;
  /** Two that are selected, to be compared; else none. */
  chosen: readonly ImageSummary[];
  onCompare: (image: ImageSummary, other: ImageSummary) => void;
}

export function ImageFilters({ images, filter, onFilter, shown, chosen, onCompare }: ImageFiltersProps) {
  const set =
    (key: keyof ImageFilter) =>
    (value: string): void =>
      onFilter({ [key]: value });
  const more = moreFiltersSet(filter);
  const [left, right] = chosen;
  return (
    <div className="images-bar" role="search">
      <SearchField label={t('images.filter')} value={filter.text} onChange={set('text')} testId="images-filter" />
      <Select
        dense
        labelHidden
        label={t('images.columns.type')}
        value={filter.type}
        onChange={set('type')}
        items={[
          { id: '', label: t('images.any.type') },
          ...IMAGE_TYPES.map((id) => ({ id, label: t(`images.types.${id}`) })),
        ]}
      />
      <Select
        dense
        labelHidden
        label={t('images.columns.gpu')}
        value={filter.gpu}
        onChange={set('gpu')}
        items={[
          { id: '', label: t('images.any.gpu') },
          ...GPU_NEEDS.map((id) => ({ id, label: t(`images.gpuChoices.${id}`) })),
        ]}
      />
      <Select
        dense
        labelHidden
        label={t('images.columns.architecture')}
        value={filter.architecture}
        onChange={set('architecture')}
        items={[
          { id: '', label: t('images.any.architecture') },
          ...architecturesOf(images).map((id) => ({ id, label: id === 'unknown' ? t('images.unknown') : id })),
        ]}
      />
      <DialogTrigger>
        <Button size="dense" icon={SlidersHorizontal}>
          {more === 0 ? t('images.more.open') : t('images.more.openSet', { count: more })}
        </Button>
        <Popover className="popover" offset={4}>
          <Dialog className="images-more" aria-label={t('images.more.title')}>
            <MoreFilters filter={filter} set={set} />
          </Dialog>
        </Popover>
      </DialogTrigger>
      {isEveryImage(filter) ? null : (
        <Button size="dense" variant="quiet" onPress={() => onFilter(EVERY_IMAGE)}>
          {t('images.clearFilters')}
        </Button>
      )}
      {left && right ? (
        <Button size="dense" icon={GitCompareArrows} onPress={() => onCompare(left, right)}>
          {t('images.compareTwo')}
        </Button>
      ) : null}
      <span className="images-total" role="status" data-testid="images-total">
        {t('images.count', { count: shown, shown: formatCount(shown) })}
      </span>
    </div>
  );
}

function MoreFilters({
  filter,
  set,
}: {
  filter: ImageFilter;
  set: (key: keyof ImageFilter) => (value: string) => void;
}) {
  return (
    <FormGrid>
      <TextField label={t('images.columns.version')} value={filter.version} onChange={set('version')} />
      <TextField label={t('images.more.app')} value={filter.app} onChange={set('app')} />
      <TextField
        label={t('images.more.label')}
        value={filter.label}
        onChange={set('label')}
        placeholder="maintainer=ada"
      />
      <TextField label={t('images.more.identity')} value={filter.identity} onChange={set('identity')} mono />
      <TextField label={t('images.more.least')} value={filter.least} onChange={set('least')} placeholder="500 MiB" />
      <TextField label={t('images.more.most')} value={filter.most} onChange={set('most')} placeholder="4 GiB" />
      <Select
        label={t('images.columns.signed')}
        value={filter.signed}
        onChange={set('signed')}
        items={[
          { id: '', label: t('images.any.any') },
          ...(['yes', 'no', 'unknown'] as const).map((id) => ({ id, label: t(`images.signedWords.${id}`) })),
        ]}
      />
      <Select
        label={t('images.more.used')}
        value={filter.used}
        onChange={set('used')}
        items={[
          { id: '', label: t('images.any.any') },
          { id: 'used', label: t('images.more.usedYes') },
          { id: 'never', label: t('images.more.usedNever') },
        ]}
      />
      <Select
        label={t('images.more.there')}
        value={filter.there}
        onChange={set('there')}
        items={[
          { id: 'there', label: t('images.more.thereOnly') },
          { id: 'gone', label: t('images.more.goneOnly') },
          { id: 'both', label: t('images.more.both') },
        ]}
      />
    </FormGrid>
  );
}
