/** What a form holds while it is filled in, and how that changes; nothing of how it looks. */
export { withResource } from './draft.ts';
export {
  addFiles,
  changeDraft,
  lookAtFilesAgain,
  openTemplate,
  reloadTemplate,
  requestPreview,
  resetDraft,
} from './drafting.ts';
export {
  type Attempt,
  type FormSession,
  formSessionOf,
  newFormSession,
  NOT_ASKED,
  readTemplateRef,
  type StartAnswer,
  type StartTest,
  type TemplateRef,
  updateFormSession,
  useFormSessions,
} from './formSessions.ts';
export { bySeverity, CHECK_SECTIONS, sectionOf, worstOf } from './problems.ts';
