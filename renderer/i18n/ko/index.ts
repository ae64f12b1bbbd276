import app from './app.json';
import appLater from './appLater.json';
import clusters from './clusters.json';
import images from './images.json';
import jobs from './jobs.json';
import launch from './launch.json';
import launchLater from './launchLater.json';
import settings from './settings.json';
import studio from './studio.json';
import templates from './templates.json';
import ui from './ui.json';

export default {
  app: { ...app, ...appLater },
  clusters,
  images,
  jobs,
  launch: { ...launch, ...launchLater },
  settings,
  studio,
  templates,
  ui,
};
