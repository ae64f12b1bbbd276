import { t } from '../../i18n/index.ts';
import { formatCount } from '../../ui/index.ts';
import type { ChoiceWords } from './factChoices.ts';

/** The words of the pick lists, in the language of the interface. */
export const WORDS: ChoiceWords = {
  cpus: (count) => t('launch.resources.cpus', { count }),
  nodes: (count) => t('launch.resources.nodeCount', { count }),
  jobs: (used, limit) => t('launch.resources.jobsUsed', { used: formatCount(used), limit: formatCount(limit) }),
  free: (free, total) => t('launch.resources.free', { free: formatCount(free), total: formatCount(total) }),
  freeGpus: (free, total) =>
    t('launch.resources.freeGpus', { count: total, free: formatCount(free), total: formatCount(total) }),
  freeCpus: (free, total) =>
    t('launch.resources.freeCpus', { count: total, free: formatCount(free), total: formatCount(total) }),
  get isDefault() {
    return t('launch.resources.isDefault');
  },
};
