import { Folder, FolderX } from 'lucide-react';
import { plainLine } from '../../../shared/lib/plain.ts';
import type { ImageList } from '../../stores/images.ts';
import { sayMessage, t } from '../../i18n/index.ts';
import { RelativeTime, formatCount } from '../../ui/index.ts';

/** The folders that are looked through, how many images lie in each, and those of which something could not be read, with the reason. */
export function FolderList({ list }: { list: Pick<ImageList, 'folders' | 'unreadable'> }) {
  return (
    <ul className="images-folders" data-testid="image-folders" aria-label={t('images.foldersLabel')}>
      {list.folders.map(({ folder, path, node, partition, scannedAt, found }) => (
        <li key={`${partition ?? ''}:${node ?? ''}:${folder}`}>
          <Folder size={13} aria-hidden />
          <span className="mono selectable">
            {node === null ? '' : `${plainLine(node)}: `}
            {plainLine(path ?? folder)}
          </span>
          <span className="secondary">
            {scannedAt === null ? (
              t('images.never')
            ) : (
              <>
                {t('images.count', { count: found, shown: formatCount(found) })} · <RelativeTime at={scannedAt} />
              </>
            )}
          </span>
        </li>
      ))}
      {list.unreadable.map(({ folder, node, reason }) => (
        <li key={`x${node ?? ''}:${folder}`} className="images-folder-bad">
          <FolderX size={13} aria-hidden />
          <span className="mono selectable">
            {node === null ? '' : `${plainLine(node)}: `}
            {plainLine(folder)}
          </span>
          <span className="selectable">{sayMessage(reason)}</span>
        </li>
      ))}
    </ul>
  );
}
