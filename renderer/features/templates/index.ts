export { templateKey } from './browse.ts';
export { sourceLabel } from './labels.ts';
export { followLibrary, useLibrary } from './library.ts';
export { TemplateBrowser } from './TemplateBrowser.tsx';
