import { Copy, Fingerprint, GitCompareArrows, RefreshCw, Rocket, ScanSearch, Terminal } from 'lucide-react';
import type { ClusterView } from '../../../shared/domain/cluster/profile.ts';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { errorText } from '../../client/pageError.ts';
import { imageKey } from '../../lib/imageKey.ts';
import { useIsConnected } from '../../stores/clusters.ts';
import { scanImages, useImages } from '../../stores/images.ts';
import { t } from '../../i18n/index.ts';
import { navigate, showToast, type MenuEntry } from '../../ui/index.ts';
import { execCommand } from './execCommand.ts';
import { computeDigest, inspectImage, useImageWork } from './imageWork.ts';

function failed(error: unknown): void {
  showToast({ kind: 'bad', title: t('app.toast.actionFailed'), detail: errorText(error) });
}

function copy(text: string, said: string): void {
  navigator.clipboard.writeText(text).then(() => showToast({ kind: 'ok', title: said, detail: text }), failed);
}

/** Takes the image into the form of Launch, and goes there. */
export function takeToLaunch(cluster: ClusterView, image: ImageSummary): void {
  useImages.setState({ wanted: { clusterId: cluster.profile.id, path: image.path } });
  navigate('launch');
}

/** What can be done with an image, as entries of its menu. */
export function useImageActions(
  cluster: ClusterView,
  image: ImageSummary,
  images: readonly ImageSummary[],
  onCompare: (image: ImageSummary, other: ImageSummary) => void,
): MenuEntry[] {
  const { id } = cluster.profile;
  const isReady = useIsConnected(id);
  const isScanning = useImages((store) => id in store.scans);
  const work = useImageWork((store) => store.running[imageKey(image)]);
  const other = likest(image, images);
  return [
    {
      id: 'launch',
      label: t('images.actions.launch'),
      icon: Rocket,
      isDisabled: !image.active,
      onAction: () => takeToLaunch(cluster, image),
    },
    { kind: 'separator', id: 'first' },
    {
      id: 'path',
      label: t('images.actions.copyPath'),
      icon: Copy,
      onAction: () => copy(image.path, t('images.actions.copiedPath')),
    },
    {
      id: 'exec',
      label: t('images.actions.copyExec'),
      icon: Terminal,
      onAction: () => copy(execCommand(image), t('images.actions.copiedExec')),
    },
    { kind: 'separator', id: 'second' },
    {
      id: 'compare',
      label: t('images.actions.compare'),
      icon: GitCompareArrows,
      isDisabled: other === null,
      onAction: () => {
        if (other !== null) onCompare(image, other);
      },
    },
    {
      id: 'digest',
      label: t('images.actions.digest'),
      icon: Fingerprint,
      isDisabled: !isReady || !image.active || work !== undefined,
      onAction: () => void computeDigest(id, image),
    },
    {
      id: 'inspect',
      label: t('images.actions.inspect'),
      icon: ScanSearch,
      isDisabled: !isReady || !image.active || image.node !== null || work !== undefined,
      onAction: () => void inspectImage(id, image),
    },
    {
      id: 'rescan',
      label: t('images.rescan'),
      icon: RefreshCw,
      isDisabled: !isReady || isScanning,
      onAction: () => void scanImages(id),
    },
  ];
}

/** The image that one compares this one with first: of the same name elsewhere, or whose name begins most alike. */
export function likest(image: ImageSummary, images: readonly ImageSummary[]): ImageSummary | null {
  const key = imageKey(image);
  let best: ImageSummary | null = null;
  let most = -1;
  for (const other of images) {
    if (imageKey(other) === key) continue;
    let alike = 0;
    while (alike < image.name.length && image.name[alike] === other.name[alike]) alike += 1;
    if (alike > most) {
      most = alike;
      best = other;
    }
  }
  return best;
}
