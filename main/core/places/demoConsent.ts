import type { ClusterProfile } from '../../../shared/domain/cluster/profile.ts';
import { DEFAULT_RUN_ROOT } from '../../../shared/domain/cluster/defaults.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { DocumentRepository } from '../ports.ts';

/** The demo cluster runs what is submitted to it on this computer, as the person. That is said once, by the host and not by whoever calls. */
export interface DemoConsent {
  /** Asks through the host where it has not been asked before. DEMO_NOT_CONFIRMED when the person declines. */
  require(): Promise<void>;
  /** The same before a profile is saved or tried that lets the demo cluster reach further than `before` did. DEMO_NOT_CONFIRMED. */
  requireFor(before: ClusterProfile | undefined, profile: ClusterProfile): Promise<void>;
}

export function createDemoConsent(documents: DocumentRepository, confirmDemo: () => Promise<boolean>): DemoConsent {
  let asking: Promise<boolean> | null = null;
  const require = async (): Promise<void> => {
    if (documents.get('program', 'demoConfirmed') === true) return;
    asking ??= confirmDemo().finally(() => {
      asking = null;
    });
    if (!(await asking)) throw new AppError('DEMO_NOT_CONFIRMED');
    documents.set('program', 'demoConfirmed', true);
  };
  return {
    require,
    requireFor: async (before, profile) => {
      if (reachesFurther(before, profile)) await require();
    },
  };
}

/** True when saving this profile of the demo cluster lets it run, read or write more of this computer than it did before. */
function reachesFurther(
  before: ClusterProfile | undefined,
  { kind, slurmBin, quotaCommand, communityFolder, runRoot, imageFolders, imageNodes }: ClusterProfile,
): boolean {
  if (kind !== 'demo') return false;
  return (
    (slurmBin !== null && slurmBin !== before?.slurmBin) ||
    (quotaCommand !== null && quotaCommand !== before?.quotaCommand) ||
    (communityFolder !== null && communityFolder !== before?.communityFolder) ||
    (runRoot !== DEFAULT_RUN_ROOT && runRoot !== before?.runRoot) ||
    imageFolders.some((folder) => before?.imageFolders.includes(folder) !== true) ||
    imageNodes.some(({ folders }) =>
      folders.some((folder) => before?.imageNodes.some((each) => each.folders.includes(folder)) !== true),
    )
  );
}
