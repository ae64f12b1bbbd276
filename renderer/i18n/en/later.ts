import clusters from './clusters.json';
import jobs from './jobs.json';
import settings from './settings.json';
import studio from './studio.json';

/** What the other screens and the palette say: loaded with the first of them. */
export default { clusters, jobs, settings, studio };
