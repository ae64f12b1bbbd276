/** The form of a template: its draft, its fields and the script that they make; filled in in Launch, tried in Templates. */
export * from './session/index.ts';
export { ContainerFields } from './ContainerFields.tsx';
export { FileFields } from './FileFields.tsx';
export { FormFrame } from './FormFrame.tsx';
export { NameField } from './NameField.tsx';
export { ParameterFields } from './ParameterFields.tsx';
export { openPreviewForm, PreviewForm, usePreviewForm } from './PreviewForm.tsx';
export { ResetButton } from './ResetButton.tsx';
export { ResourceFields } from './ResourceFields.tsx';
export { focusField, showProblem, useFormView } from './focusField.ts';
export {
  FormSessionKey,
  useChangeDraft,
  useFieldProblem,
  useFormSession,
  useFormSessionKey,
} from './formSessionContext.ts';
export { mend } from './mending.ts';
export { pointAtField } from './pointAtField.ts';
export { fieldOfLine, linesOfField } from './scriptLines.ts';
export { readableTime } from './spelling.ts';
