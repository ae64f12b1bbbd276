export { LaunchPage } from './LaunchPage.tsx';
export { focusField } from './focusField.ts';
export { fieldOfLine, linesOfField } from './scriptLines.ts';
export { openPreviewForm, PreviewForm, usePreviewForm } from './PreviewForm.tsx';
