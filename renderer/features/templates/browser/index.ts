export { templateKey } from '../../../lib/templateKey.ts';
export { commonTags } from './browse.ts';
export { groupLabel, sourceLabel } from './labels.ts';
export { chooseTemplates, isWholeLibrary, LIBRARY_ORDERS, WHOLE_LIBRARY, type LibraryChoice } from './libraryView.ts';
export { TemplateBrowser } from './TemplateBrowser.tsx';
