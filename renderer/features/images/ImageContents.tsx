import { Fragment, type ReactNode } from 'react';
import type { ImageApp, ImageMetadata, ImageText } from '../../../shared/domain/image/metadata.ts';
import { plain, plainLine } from '../../../shared/lib/plain.ts';
import { useRemembered } from '../../client/remembered.ts';
import { t, type TextKey } from '../../i18n/index.ts';
import { Group, Section } from '../../ui/index.ts';

const NO_FOLDS: Record<string, boolean> = {};

/** What the image itself says: apps, labels, environment and scripts as its maker wrote them, and what could not be read of it. */
export function ImageContents({ metadata }: { metadata: ImageMetadata }) {
  const { labels, apps, environment, oci, unknown } = metadata;
  const texts: readonly (readonly [TextKey, ImageText | null])[] = [
    ['images.part.help', metadata.help],
    ['images.part.runscript', metadata.runscript],
    ['images.part.startscript', metadata.startscript],
    ['images.part.test', metadata.test],
    ['images.part.definition', metadata.definition],
  ];
  return (
    <>
      {apps.length === 0 ? null : (
        <Group title={t('images.part.apps')}>
          <ul className="image-apps" data-testid="image-apps">
            {apps.map((app) => (
              <AppLine key={app.name} app={app} />
            ))}
          </ul>
        </Group>
      )}
      {Object.keys(labels).length === 0 ? null : (
        <Group title={t('images.part.labels')}>
          <dl className="image-facts" data-testid="image-labels">
            {Object.entries(labels).map(([name, value]) => (
              <Fragment key={name}>
                <dt className="mono">{plainLine(name)}</dt>
                <dd className="selectable">{plain(value)}</dd>
              </Fragment>
            ))}
          </dl>
        </Group>
      )}
      {environment.length === 0 ? null : (
        <Fold id="environment" title={t('images.part.environment')}>
          {environment.map(({ file, content }) => (
            <Fragment key={file}>
              <p className="mono secondary">{plainLine(file)}</p>
              <ImageTextBlock text={content} label={plainLine(file)} />
            </Fragment>
          ))}
        </Fold>
      )}
      {texts.map(([title, text]) =>
        text === null ? null : (
          <Fold key={title} id={title} title={t(title)}>
            <ImageTextBlock text={text} label={t(title)} />
          </Fold>
        ),
      )}
      {oci === null ? null : (
        <Fold id="oci" title={t('images.part.oci')}>
          <dl className="image-facts">
            {(
              [
                ['ENTRYPOINT', oci.entrypoint.join(' ')],
                ['CMD', oci.cmd.join(' ')],
                ['ENV', oci.env.join('\n')],
                ['WORKDIR', oci.workingDir ?? ''],
                ['USER', oci.user ?? ''],
              ] as const
            )
              .filter(([, value]) => value !== '')
              .map(([name, value]) => (
                <Fragment key={name}>
                  <dt className="mono">{name}</dt>
                  <dd className="mono selectable image-lines">{plain(value)}</dd>
                </Fragment>
              ))}
          </dl>
        </Fold>
      )}
      {unknown.length === 0 ? null : (
        <Group title={t('images.part.unknown')}>
          <dl className="image-facts" data-testid="image-unknown">
            {unknown.map(({ field, why }) => (
              <Fragment key={field}>
                <dt>{t(`images.unknownField.${field}`)}</dt>
                <dd>{t(`images.unknownWhy.${why}`)}</dd>
              </Fragment>
            ))}
          </dl>
        </Group>
      )}
    </>
  );
}

function AppLine({ app }: { app: ImageApp }) {
  return (
    <li>
      <strong className="mono selectable">{plainLine(app.name)}</strong>
      {app.help === null ? null : <span className="selectable image-lines">{plain(app.help.text).trim()}</span>}
      {Object.entries(app.labels).map(([name, value]) => (
        <span key={name} className="secondary selectable">
          {plainLine(name)}={plainLine(value)}
        </span>
      ))}
    </li>
  );
}

function Fold({ id, title, children }: { id: string; title: string; children: ReactNode }) {
  const [folds, setFolds] = useRemembered('images.folds', NO_FOLDS);
  return (
    <Section title={title} isOpen={folds[id] ?? false} onToggle={(isOpen) => setFolds({ ...folds, [id]: isOpen })}>
      <div className="image-fold">{children}</div>
    </Section>
  );
}

/** Words of whoever built the image: shown as they are, never interpreted. */
function ImageTextBlock({ text, label }: { text: ImageText; label: string }) {
  return (
    <>
      <pre className="image-text selectable" tabIndex={0} role="region" aria-label={label}>
        {plain(text.text)}
      </pre>
      {text.cut ? <p className="secondary">{t('images.part.cut')}</p> : null}
    </>
  );
}
