import type { OutputOf } from '../../../shared/contract/index.ts';
import { t } from '../../i18n/index.ts';
import { CopyButton, Group } from '../../ui/index.ts';

export function About({ info }: { info: OutputOf<'app.info'> }) {
  return (
    <Group level={2} title={t('settings.groups.about')}>
      <dl className="settings-facts">
        <dt>{t('settings.version')}</dt>
        <dd className="selectable">
          {info.name} {info.version}
        </dd>
        <dt>{t('settings.host')}</dt>
        <dd>{t(`settings.hosts.${info.host}`)}</dd>
        <dt>{t('settings.runtime')}</dt>
        <dd className="selectable">
          Node {info.node}, {info.platform}
        </dd>
        <dt>{t('settings.secrets')}</dt>
        <dd>{info.secretsKept ? t('settings.secretsKept') : t('settings.secretsNotKept')}</dd>
        <dt>{t('settings.dataFolder')}</dt>
        <dd className="settings-path">
          <span className="mono selectable">{info.dataFolder}</span>
          <CopyButton text={info.dataFolder} />
        </dd>
      </dl>
    </Group>
  );
}
