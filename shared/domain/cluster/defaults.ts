/** What a new cluster profile begins with. Apart from the schemas, so that the page can use it without their library. */
import type { CostRates } from '../cost/schema.ts';

/** Folder of run folders on the cluster; `~` is the home folder. */
export const DEFAULT_RUN_ROOT = '~/slipway/runs';

export const DEFAULT_IMAGE_FOLDERS = [
  '/opt/apptainers',
  '/shared/apptainer/images/compute',
  '/shared/apptainer/images/viz',
];

/** What the demo cluster charges: USD for one node-hour, GiB-hour, GPU-hour and core-hour. No other cluster has rates that nobody set. */
export const EXAMPLE_RATES: CostRates = {
  currency: 'USD',
  nodeHour: 0.5,
  memoryGbHour: 0.01,
  gpuHour: 0.35,
  coreHour: 0,
};
