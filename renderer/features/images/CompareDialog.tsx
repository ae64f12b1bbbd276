import { useEffect, useState } from 'react';
import type { OutputOf } from '../../../shared/contract/index.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import type { CodedError } from '../../../shared/errors/codedError.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { appErrorOf } from '../../client/pageError.ts';
import { client } from '../../client/index.ts';
import { imageKey, type ImagePlace } from '../../lib/imageKey.ts';
import { t } from '../../i18n/index.ts';
import { ComboBox, Dialog, ErrorNotice, Skeleton } from '../../ui/index.ts';
import { fieldName, fieldValue, inReadingOrder } from './compareWords.ts';

type Comparison = OutputOf<'images.compare'>;

export interface CompareDialogProps {
  clusterId: ClusterId;
  left: ImagePlace;
  right: ImagePlace | null;
  images: readonly ImageSummary[];
  onRight: (key: string) => void;
  onClose: () => void;
}

/** Two images of a cluster beside one another: what differs, field by field, and which fields are the same. */
export function CompareDialog({ clusterId, left, right, images, onRight, onClose }: CompareDialogProps) {
  const leftKey = imageKey(left);
  const rightKey = right === null ? '' : imageKey(right);
  // what is typed is a choice as soon as it is the name of one
  const [typed, setTyped] = useState(rightKey);
  const { comparison, error } = useComparison(clusterId, left, right);
  return (
    <Dialog title={t('images.compare.title')} isOpen onClose={onClose} width={64}>
      <div className="image-compare" data-testid="image-compare">
        <ComboBox
          label={t('images.compare.with', { name: plainLine(nameOf(left.path)) })}
          value={typed}
          mono
          items={images
            .filter((image) => imageKey(image) !== leftKey)
            .map((image) => ({ id: imageKey(image), label: imageKey(image) }))}
          onChange={(key) => {
            setTyped(key);
            if (key !== leftKey && images.some((image) => imageKey(image) === key)) onRight(key);
          }}
        />
        {error ? (
          <ErrorNotice error={error} />
        ) : comparison === null ? (
          <Skeleton lines={[80, 70, 90]} />
        ) : (
          <Differences comparison={comparison} />
        )}
      </div>
    </Dialog>
  );
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function Differences({ comparison: { left, right, differences, same, unknown } }: { comparison: Comparison }) {
  return (
    <>
      {differences.length === 0 ? (
        <p>{t('images.compare.equal')}</p>
      ) : (
        <table className="image-differences">
          <thead>
            <tr>
              <th scope="col">{t('images.compare.field')}</th>
              <th scope="col" className="selectable">
                {plainLine(left.name)}
              </th>
              <th scope="col" className="selectable">
                {plainLine(right.name)}
              </th>
            </tr>
          </thead>
          <tbody>
            {inReadingOrder(differences, ({ field }) => field).map(({ field, left: ours, right: theirs }) => (
              <tr key={field}>
                <th scope="row">{fieldName(field)}</th>
                <Value value={ours === null ? null : fieldValue(field, ours)} />
                <Value value={theirs === null ? null : fieldValue(field, theirs)} />
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {same.length === 0 ? null : (
        <p className="secondary" data-testid="image-same">
          {t('images.compare.same', {
            fields: inReadingOrder(same, (field) => field)
              .map(fieldName)
              .join(', '),
          })}
        </p>
      )}
      {unknown.length === 0 ? null : (
        <p className="secondary">{t('images.compare.unknown', { fields: unknown.map(fieldName).join(', ') })}</p>
      )}
    </>
  );
}

function Value({ value }: { value: string | null }) {
  return (
    <td className="selectable">
      {value === null ? (
        <span className="muted">–</span>
      ) : value.includes('\n') ? (
        <pre className="image-text" tabIndex={0}>
          {value}
        </pre>
      ) : (
        value
      )}
    </td>
  );
}

function useComparison(
  clusterId: ClusterId,
  left: ImagePlace,
  right: ImagePlace | null,
): { comparison: Comparison | null; error: CodedError | null } {
  const [comparison, setComparison] = useState<Comparison | null>(null);
  const [error, setError] = useState<CodedError | null>(null);
  const [leftPath, leftNode] = [left.path, left.node];
  const [rightPath, rightNode] = [right?.path ?? null, right?.node ?? null];
  useEffect(() => {
    if (rightPath === null) return undefined;
    const gone = new AbortController();
    setComparison(null);
    setError(null);
    client
      .call(
        'images.compare',
        {
          left: { clusterId, path: leftPath, node: leftNode },
          right: { clusterId, path: rightPath, node: rightNode },
        },
        { signal: gone.signal },
      )
      .then(setComparison, (failure: unknown) => {
        if (!gone.signal.aborted) setError(appErrorOf(failure));
      });
    return () => gone.abort();
  }, [clusterId, leftPath, leftNode, rightPath, rightNode]);
  return { comparison, error };
}
