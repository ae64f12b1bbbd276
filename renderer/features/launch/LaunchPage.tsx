import { Server } from 'lucide-react';
import { useRemembered } from '../../client/remembered.ts';
import { t } from '../../i18n/index.ts';
import { useClusters } from '../../stores/clusters.ts';
import { Button, EmptyState, navigate, SplitPane } from '../../ui/index.ts';
import { useFormSessions } from '../form/index.ts';
import { TemplateBrowser } from '../templates/browser/index.ts';
import { useClusterFacts } from './clusterFacts.ts';
import { showTemplate, useOpenTemplate } from './openedTemplate.ts';
import { Workplace } from './Workplace.tsx';
import './LaunchPage.css';

/** A template, its form, the script that it makes, what is in the way, and Submit. */
export function LaunchPage() {
  useOpenTemplate();
  useClusterFacts();
  const [width, setWidth] = useRemembered('launch.templatesWidth', 232);
  const openKey = useFormSessions((store) => store.openKey);
  const clusterId = useClusters((store) => store.currentId);
  const clusters = useClusters((store) => store.clusters);
  return (
    <div className="launch" data-testid="launch">
      <h1 className="visually-hidden">{t('app.pages.launch')}</h1>
      <SplitPane
        direction="row"
        sized="first"
        size={width}
        onResize={setWidth}
        min={168}
        minOther={560}
        label={t('launch.panes.templates')}
        first={<TemplateBrowser selectedKey={openKey} onOpen={showTemplate} />}
        second={
          clusters?.length === 0 ? (
            <EmptyState
              icon={Server}
              title={t('launch.noCluster')}
              action={
                <Button variant="primary" onPress={() => navigate('clusters', ['new'])}>
                  {t('launch.addCluster')}
                </Button>
              }
            >
              {t('launch.noClusterHint')}
            </EmptyState>
          ) : (
            <Workplace openKey={openKey} clusterId={clusterId} />
          )
        }
      />
    </div>
  );
}
