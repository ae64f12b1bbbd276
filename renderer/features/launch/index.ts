export { LaunchPage } from './LaunchPage.tsx';
