import { openPreviewForm, PreviewForm } from '../../form/index.ts';
import { FileQuestion } from 'lucide-react';
import { useEffect } from 'react';
import type { TemplateDetail } from '../../../../shared/contract/templates.ts';
import { useClusters } from '../../../stores/clusters.ts';
import { client } from '../../../client/index.ts';
import { t } from '../../../i18n/index.ts';
import { EmptyState, ProblemLine } from '../../../ui/index.ts';
import { SlotPreviews } from './SlotPreviews.tsx';
import { documentOf, isChanged, type StudioDocument } from './documents.ts';

/** The session of Launch's form that a document is tried in. */
export function previewFormKey(documentKey: string): string {
  return `preview:${documentKey}`;
}

/** The form as the people who use the template will see it, with values to try. Nothing of it is kept. */
export function FormPreview({ document }: { document: StudioDocument }) {
  const clusterId = useClusters((store) => store.currentId);
  const { key: documentKey, detail, template } = document;
  const key = previewFormKey(documentKey);
  const isSaved = !isChanged(document);
  useEffect(() => {
    if (clusterId === null || template === null) return;
    const shown: TemplateDetail = {
      ...(detail ?? {
        source: 'private',
        hash: '',
        usable: true,
        writable: true,
        favourite: false,
        uses: 0,
        lastUsedAt: null,
        site: false,
        origin: null,
        text: '',
        fileHash: '',
        fileName: '',
      }),
      id: template.id,
      displayName: template.displayName,
      description: template.description,
      category: template.category,
      tags: template.tags,
      version: template.version,
      author: template.author,
      isPublic: template.isPublic,
      problems: [],
      template,
    };
    openPreviewForm(key, shown, clusterId, {
      preview: (draft) =>
        isSaved && detail
          ? client.call('scripts.preview', { draft })
          : client.call('templates.tryScript', {
              text: documentOf(documentKey)?.text ?? '',
              parameters: draft.parameters,
              clusterId,
            }),
    });
  }, [key, documentKey, detail, template, clusterId, isSaved]);
  const name = template?.displayName ?? '';
  if (template === null) {
    return (
      <EmptyState icon={FileQuestion} title={t('studio.noForm')}>
        {t('studio.noFormHint')}
      </EmptyState>
    );
  }
  return (
    <div className="studio-preview">
      {document.isGood ? null : (
        <div className="studio-bar">
          <ProblemLine problem={{ severity: 'warning', message: t('studio.staleForm') }} />
        </div>
      )}
      <PreviewForm sessionKey={key} label={t('studio.formOf', { name })} hasResources={isSaved} />
      <SlotPreviews document={document} template={template} />
    </div>
  );
}
