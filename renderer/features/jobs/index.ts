export { JobsPage } from './JobsPage.tsx';
export { setFilter } from './list.ts';
