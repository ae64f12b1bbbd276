import app from './appLater.json';
import clusters from './clusters.json';
import images from './images.json';
import jobs from './jobs.json';
import launch from './launchLater.json';
import settings from './settings.json';
import studio from './studio.json';

/** What the other screens, the palette and the later parts of Launch say: loaded with the first of them. */
export default { app, clusters, images, jobs, launch, settings, studio };
