import { useEffect } from 'react';
import { useClusters } from '../../client/clusters.ts';
import { client } from '../../client/index.ts';
import { t } from '../../i18n/index.ts';
import { openTrial, TrialForm } from '../launch/index.ts';
import type { StudioDocument } from './documents.ts';

/** The form as the people who use the template will see it, with values to try. Nothing of it is kept. */
export function FormPreview({ document }: { document: StudioDocument }) {
  const clusterId = useClusters((store) => store.currentId);
  const key = `trial:${document.key}`;
  const { detail, template } = document;
  useEffect(() => {
    if (clusterId === null) return;
    openTrial(key, { ...detail, template }, clusterId, { preview: (draft) => client.call('scripts.preview', { draft }) });
  }, [key, detail, template, clusterId]);
  return <TrialForm sessionKey={key} label={t('studio.formOf', { name: detail.displayName })} />;
}
