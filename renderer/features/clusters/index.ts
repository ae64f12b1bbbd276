export { ClustersPage } from './ClustersPage.tsx';
