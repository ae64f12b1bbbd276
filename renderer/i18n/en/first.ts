import app from './app.json';
import launch from './launch.json';
import templates from './templates.json';
import ui from './ui.json';

/** What the first screen says. */
export default { app, launch, templates, ui };
