import { useEffect } from 'react';
import type { TemplateSummary } from '../../../shared/contract/templates.ts';
import { client } from '../../client/index.ts';
import { recall, remember } from '../../client/remembered.ts';
import { useClusters } from '../../stores/clusters.ts';
import { followLibrary, useLibrary } from '../../stores/library.ts';
import { navigate, useRoute, type Route } from '../../ui/index.ts';
import {
  lookAtFilesAgain,
  openTemplate,
  readTemplateRef,
  reloadTemplate,
  requestPreview,
  type TemplateRef,
  useFormSessions,
} from '../form/index.ts';
import { templateKey } from '../templates/browser/index.ts';

/** Where the last template is remembered, and the one that a first start begins with. */
const LAST = 'launch.template';
const FIRST_TEMPLATE = 'hello';

function refOf(route: Route): TemplateRef | null {
  return route.page === 'launch' ? readTemplateRef(route.segments[0], route.segments[1]) : null;
}

/** The template that a person begins with who has opened none yet; null where there is none of them. */
export function sampleTemplate(templates: readonly TemplateSummary[]): TemplateSummary | null {
  return templates.find((template) => template.id.startsWith(FIRST_TEMPLATE)) ?? null;
}

/** The template that a start without an address opens: the last one while it is there, else the sample. */
function startingTemplate(templates: readonly TemplateSummary[]): TemplateSummary | null {
  const last = recall(LAST, '');
  return templates.find((template) => templateKey(template) === last) ?? sampleTemplate(templates);
}

/** Goes to the address at which Launch opens a template. */
export function showTemplate(template: TemplateRef): void {
  navigate('launch', [template.source, template.id]);
}

/** Opens what the address says, for the cluster of the top bar; follows changes of both, and of the template's file. */
export function useOpenTemplate(): void {
  const route = useRoute();
  const { page } = route;
  const ref = refOf(route);
  const clusterId = useClusters((store) => store.currentId);
  const templates = useLibrary((store) => store.templates);
  const openKey = useFormSessions((store) => store.openKey);
  const summaryHash = templates?.find((template) => templateKey(template) === openKey)?.hash;
  const { source, id } = ref ?? {};

  useEffect(followLibrary, []);
  useEffect(() => {
    if (source !== undefined && id !== undefined && clusterId !== null) {
      remember(LAST, templateKey({ source, id }));
      void openTemplate({ source, id }, clusterId);
    }
  }, [source, id, clusterId]);
  useEffect(() => {
    // the address may name another screen already while this one is still drawn
    if (page !== 'launch' || source !== undefined || !templates) return;
    const first = startingTemplate(templates);
    if (first) navigate('launch', [first.source, first.id], { replace: true });
  }, [page, source, templates]);
  useEffect(() => {
    if (openKey === null || summaryHash === undefined) return;
    const { sessions, openErrors } = useFormSessions.getState();
    const session = sessions[openKey];
    if (session && session.detail.hash !== summaryHash) void reloadTemplate(openKey);
    // a file that could not be opened was changed: it may be mended
    if (!session && openErrors[openKey] && source !== undefined && id !== undefined && clusterId !== null)
      void openTemplate({ source, id }, clusterId);
  }, [openKey, summaryHash, source, id, clusterId]);
  useEffect(() => {
    if (openKey === null) return undefined;
    const onFocus = (): void => lookAtFilesAgain(openKey);
    window.addEventListener('focus', onFocus);
    const resync = client.onResync(() => requestPreview(openKey));
    return () => {
      window.removeEventListener('focus', onFocus);
      void resync.dispose();
    };
  }, [openKey]);
}
