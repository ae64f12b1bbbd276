export { StudioPage } from './StudioPage.tsx';
