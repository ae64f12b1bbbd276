import { Fragment } from 'react';
import { plain, plainLine } from '../../../shared/lib/plain.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { shortLabel, tellingLabels } from '../../lib/imageLabels.ts';
import { t } from '../../i18n/index.ts';
import { exactTime } from '../../ui/index.ts';
import type { ImageChoice } from './imageChoices.ts';
import { reasonText } from './imageWords.ts';

/** Labels that are shown of the marked image; the Images page has them all. */
const MOST_LABELS = 8;

/** All that a list knows of the marked image: what hovering over it, or coming to it by the keyboard, shows. */
export function ImageCard({ choice }: { choice: ImageChoice }) {
  const { image } = choice;
  const reason = reasonText(choice);
  const lines: readonly (readonly [string, string | null])[] = [
    [t('images.columns.version'), image.version],
    [t('images.columns.type'), t(`images.types.${image.type}`)],
    [t('images.columns.gpu'), t(`images.gpuChoices.${image.gpu.need}`)],
    [
      t('images.evidenceList'),
      image.gpu.evidence
        .map(({ where, name, text }) => t(`images.evidence.${where}`, { name: plainLine(name), text: plainLine(text) }))
        .join('\n'),
    ],
    [t('images.columns.architecture'), image.architecture === 'unknown' ? t('images.unknown') : image.architecture],
    [t('images.columns.size'), image.kind === 'sandbox' ? null : formatBytes(image.size)],
    [t('images.fact.kind'), t(`images.kinds.${image.kind}`)],
    [t('images.fact.fileSystem'), image.fileSystem],
    [t('images.fact.mpi'), image.mpi],
    [t('images.columns.apps'), image.apps.join(', ')],
    [
      t('images.columns.signed'),
      t(`images.signedWords.${image.signed === null ? 'unknown' : image.signed ? 'yes' : 'no'}`),
    ],
    [t('images.fact.encrypted'), image.encrypted ? t('images.fact.isEncrypted') : null],
    [t('images.fact.created'), image.createdAt === null ? null : exactTime(image.createdAt * 1000)],
    [t('images.fact.modified'), exactTime(image.modifiedAt * 1000)],
    [t('images.columns.lastUsed'), image.lastUsedAt === null ? null : exactTime(image.lastUsedAt)],
    [t('images.fact.node'), image.node],
    [t('images.columns.digest'), image.digest === null ? null : `sha256:${image.digest}`],
    ...tellingLabels(image.labels)
      .slice(0, MOST_LABELS)
      .map(([name, value]) => [plainLine(shortLabel(name)), value] as const),
  ];
  return (
    <>
      <p className="mono image-card-path">{plainLine(image.path)}</p>
      {reason === null ? null : <p className="image-picker-reason">{reason}</p>}
      {image.description === null ? null : <p>{plain(image.description)}</p>}
      <dl className="image-card">
        {lines
          .filter(([, value]) => value !== null && value !== '')
          .map(([name, value]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{plain(value ?? '')}</dd>
            </Fragment>
          ))}
      </dl>
    </>
  );
}
