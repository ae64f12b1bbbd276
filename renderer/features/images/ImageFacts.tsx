import { Fingerprint } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { ImageSummary } from '../../../shared/domain/image/schema.ts';
import { plainLine } from '../../../shared/lib/plain.ts';
import { imageKey } from '../../lib/imageKey.ts';
import { useIsConnected } from '../../stores/clusters.ts';
import { t } from '../../i18n/index.ts';
import { Button, Bytes, CopyButton, RelativeTime, exactTime, formatCount, routeHref } from '../../ui/index.ts';
import { evidenceLines } from './evidence.ts';
import { computeDigest, useImageWork, type ImageDetail } from './imageWork.ts';

interface Props {
  clusterId: ClusterId;
  image: ImageSummary;
  detail: ImageDetail | null;
}

export function ImageFacts({ clusterId, image, detail }: Props) {
  const metadata = detail?.metadata ?? null;
  const lines: readonly (readonly [string, ReactNode])[] = [
    [t('images.fact.title'), image.title === null ? null : plainLine(image.title)],
    [t('images.columns.version'), image.version === null ? null : plainLine(image.version)],
    [t('images.columns.type'), t(`images.types.${image.type}`)],
    [
      t('images.fact.kind'),
      metadata?.sifVersion == null
        ? t(`images.kinds.${image.kind}`)
        : `${t(`images.kinds.${image.kind}`)} ${plainLine(metadata.sifVersion)}`,
    ],
    [t('images.columns.size'), image.kind === 'sandbox' ? null : <Bytes value={image.size} />],
    [t('images.columns.architecture'), image.architecture === 'unknown' ? t('images.unknown') : image.architecture],
    [t('images.columns.gpu'), <Gpu key="gpu" image={image} />],
    [t('images.fact.mpi'), image.mpi === null ? null : plainLine(image.mpi)],
    [t('images.fact.fileSystem'), image.fileSystem],
    [t('images.columns.signed'), <Signed key="signed" image={image} detail={detail} />],
    [t('images.fact.encrypted'), image.encrypted ? t('images.fact.isEncrypted') : null],
    [t('images.fact.created'), image.createdAt === null ? null : exactTime(image.createdAt * 1000)],
    [t('images.fact.modified'), exactTime(image.modifiedAt * 1000)],
    [t('images.fact.uuid'), image.uuid === null ? null : <span className="mono">{plainLine(image.uuid)}</span>],
    [t('images.columns.digest'), <Digest key="digest" clusterId={clusterId} image={image} />],
    [t('images.fact.node'), image.node === null ? null : [image.node, image.partition].filter(Boolean).join(' · ')],
    [t('images.fact.seen'), <RelativeTime key="seen" at={image.lastScannedAt} />],
    [
      t('images.fact.inspected'),
      detail?.inspected == null ? null : (
        <>
          {plainLine(`${detail.inspected.program} ${detail.inspected.version ?? ''}`)} ·{' '}
          <RelativeTime at={detail.inspected.at} />
        </>
      ),
    ],
    [t('images.fact.used'), <Used key="used" image={image} detail={detail} />],
  ];
  return (
    <dl className="image-facts" data-testid="image-facts">
      {lines
        .filter(([, value]) => value !== null && value !== '')
        .map(([name, value]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd className="selectable">{value}</dd>
          </Fragment>
        ))}
    </dl>
  );
}

function Gpu({ image }: { image: ImageSummary }) {
  const lines = evidenceLines(image.gpu);
  return (
    <>
      {t(`images.gpuChoices.${image.gpu.need}`)}
      {lines.length === 0 ? null : (
        <ul className="image-evidence" aria-label={t('images.evidenceList')}>
          {lines.map((line, index) => (
            <li key={index}>{line}</li>
          ))}
        </ul>
      )}
    </>
  );
}

/** That there is a signature, and whose it says it is. Whether it is good was not checked, and is not claimed. */
function Signed({ image, detail }: { image: ImageSummary; detail: ImageDetail | null }) {
  if (image.signed !== true)
    return image.signed === null ? t('images.signedWords.unknown') : t('images.signedWords.no');
  const fingerprints = (detail?.metadata?.signatures ?? []).flatMap(({ fingerprint }) => fingerprint ?? []);
  return (
    <>
      {t('images.fact.signedUnchecked')}
      {[...new Set(fingerprints)].map((fingerprint) => (
        <span key={fingerprint} className="mono image-line">
          {plainLine(fingerprint)}
        </span>
      ))}
    </>
  );
}

function Digest({ clusterId, image }: { clusterId: ClusterId; image: ImageSummary }) {
  const isReady = useIsConnected(clusterId);
  const work = useImageWork((store) => store.running[imageKey(image)]);
  if (image.digest !== null)
    return (
      <span className="image-digest">
        <span className="mono">sha256:{image.digest}</span>
        <CopyButton text={`sha256:${image.digest}`} label={t('images.actions.copyDigest')} />
      </span>
    );
  return (
    <Button
      size="dense"
      icon={Fingerprint}
      isDisabled={!isReady || !image.active || work !== undefined}
      onPress={() => void computeDigest(clusterId, image)}
    >
      {t('images.actions.digest')}
    </Button>
  );
}

function Used({ image, detail }: { image: ImageSummary; detail: ImageDetail | null }) {
  if (image.usedIn === 0) return <>{t('images.fact.neverUsed')}</>;
  return (
    <>
      {t('images.fact.usedIn', { count: image.usedIn, shown: formatCount(image.usedIn) })}
      {image.lastUsedAt === null ? null : (
        <>
          {' · '}
          <RelativeTime at={image.lastUsedAt} />
        </>
      )}
      {detail && detail.usedBy.length > 0 ? (
        <ul className="image-runs" aria-label={t('images.fact.runs')}>
          {detail.usedBy.map(({ runId, name, submittedAt }) => (
            <li key={runId}>
              <a href={routeHref('jobs', runId)}>{plainLine(name)}</a>{' '}
              <span className="secondary">
                <RelativeTime at={submittedAt} />
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </>
  );
}
