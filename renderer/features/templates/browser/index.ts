export { commonTags, templateKey } from './browse.ts';
export { groupLabel, sourceLabel } from './labels.ts';
export { followLibrary, loadLibrary, useLibrary } from './library.ts';
export { chooseTemplates, isWholeLibrary, LIBRARY_ORDERS, WHOLE_LIBRARY, type LibraryChoice } from './libraryView.ts';
export { TemplateBrowser } from './TemplateBrowser.tsx';
