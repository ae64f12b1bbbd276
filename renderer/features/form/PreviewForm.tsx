import { useEffect } from 'react';
import type { TemplateDetail } from '../../../shared/contract/templates.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import type { ScriptPreview } from '../../../shared/domain/job/script.ts';
import { newDraft } from './session/draft.ts';
import { requestPreview } from './session/drafting.ts';
import { ContainerFields } from './ContainerFields.tsx';
import { FormFrame } from './FormFrame.tsx';
import { NameField } from './NameField.tsx';
import { ParameterFields } from './ParameterFields.tsx';
import { ResourceFields } from './ResourceFields.tsx';
import { FormSessionKey } from './formSessionContext.ts';
import {
  newFormSession,
  onCluster,
  updateFormSession,
  useFormSessions,
  type PreviewSource,
} from './session/formSessions.ts';

/** Opens the form of a template that may not be saved yet, or gives the open one the template's new state; what was typed stays. */
export function openPreviewForm(
  key: string,
  detail: TemplateDetail,
  clusterId: ClusterId,
  previewSource: PreviewSource,
): void {
  const isOpen = updateFormSession(key, (session) => ({
    ...session,
    detail,
    previewSource,
    draft: onCluster(session.draft, clusterId),
  }));
  if (!isOpen)
    useFormSessions.setState(({ sessions }) => ({
      sessions: { ...sessions, [key]: { ...newFormSession(detail, newDraft(detail, clusterId)), previewSource } },
    }));
  requestPreview(key);
}

/** The script of a previewSource, and the field that was in focus last. */
export function usePreviewForm(
  key: string,
): { preview: ScriptPreview | null; error: unknown; focusedField: string | null } | null {
  const session = useFormSessions((store) => store.sessions[key]);
  const focusedField = useFormSessions((store) => store.focusedField);
  return session ? { preview: session.preview, error: session.previewError, focusedField } : null;
}

/** The fields as Launch shows them, for a session that `openPreviewForm` opened. Input files are not part of it; image and resources where they are. */
export function PreviewForm({
  sessionKey,
  label,
  hasResources,
}: {
  sessionKey: string;
  label: string;
  hasResources: boolean;
}) {
  const isOpen = useFormSessions((store) => store.sessions[sessionKey] !== undefined);
  useEffect(() => () => useFormSessions.setState({ focusedField: null }), []);
  if (!isOpen) return null;
  return (
    <FormSessionKey value={sessionKey}>
      <FormFrame label={label}>
        <NameField />
        <ParameterFields />
        {hasResources ? (
          <>
            <ContainerFields />
            <ResourceFields />
          </>
        ) : null}
      </FormFrame>
    </FormSessionKey>
  );
}
