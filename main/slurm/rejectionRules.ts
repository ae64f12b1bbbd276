import { message, type Message } from '../../shared/messages/message.ts';
import type { ErrorName } from '../../shared/errors/codes.ts';

export interface RejectionRule {
  /** Stable name, in the error's details. */
  readonly rule: string;
  readonly texts: readonly RegExp[];
  /** Its texts come with lines of their own, which are not a site's words. */
  readonly isWhole?: true;
  /** The text names what is wrong, and is told after the reason. */
  readonly isQuoted?: true;
  readonly error?: ErrorName;
  readonly reason: Message;
  readonly hint: Message;
}

/** First match wins. Texts: slurm_errno.c of 20.02 to 24.05, and the login node's own. */
export const RULES: readonly RejectionRule[] = [
  {
    rule: 'controller-unreachable',
    isWhole: true,
    texts: [
      /Unable to contact slurm controller \(connect failure\)/i,
      /Unable to contact slurm controller/i,
      /Communication connection failure/i,
      /Could not establish a configuration source/i,
      /controller is in standby/i,
    ],
    error: 'SLURM_UNAVAILABLE',
    reason: message('rejection.controller-unreachable'),
    hint: message('rejection.controller-unreachable.hint'),
  },
  {
    rule: 'slurm-login',
    isWhole: true,
    texts: [
      /Protocol authentication error/i,
      /Invalid authentication credential/i,
      /Munge (?:encode|decode) failed/i,
      /Invalid user id/i,
      /has authentication error/i,
      /^slurm_load_\w+.*Unspecified error/im,
    ],
    error: 'SLURM_UNAVAILABLE',
    reason: message('rejection.slurm-login'),
    hint: message('rejection.slurm-login.hint'),
  },
  {
    rule: 'sbatch-missing',
    isWhole: true,
    texts: [/sbatch: (?:command )?not found/i, /sbatch: No such file or directory/i],
    error: 'SLURM_MISSING',
    reason: message('rejection.sbatch-missing'),
    hint: message('rejection.sbatch-missing.hint'),
  },
  {
    rule: 'partition-unknown',
    texts: [/Invalid partition name specified/i, /invalid partition specified/i],
    reason: message('rejection.partition-unknown'),
    hint: message('rejection.partition-unknown.hint'),
  },
  {
    rule: 'partition-forbidden',
    texts: [
      /User's group not permitted to use this partition/i,
      /Job's account not permitted to use this partition/i,
      /Access denied to requested partition/i,
      /Job's QOS not permitted to use this partition/i,
    ],
    reason: message('rejection.partition-forbidden'),
    hint: message('rejection.partition-forbidden.hint'),
  },
  {
    rule: 'partition-down',
    texts: [
      /Requested partition configuration not available now/i,
      /Partition is in (?:an? )?(?:DOWN|DRAIN|INACTIVE)/i,
      /Required partition not available \(inactive or drain\)/i,
    ],
    reason: message('rejection.partition-down'),
    hint: message('rejection.partition-down.hint'),
  },
  {
    rule: 'account',
    texts: [
      /Invalid account or account\/partition combination specified/i,
      /Invalid account specified/i,
      /You must specify an account/i,
      /Specified account (?:is )?(?:invalid|not found)/i,
    ],
    reason: message('rejection.account'),
    hint: message('rejection.account.hint'),
  },
  {
    rule: 'qos',
    texts: [/Invalid qos specification/i, /Invalid qos for job request/i, /QOS .* not permitted/i],
    reason: message('rejection.qos'),
    hint: message('rejection.qos.hint'),
  },
  {
    rule: 'policy-limit',
    texts: [/Job violates accounting\/QOS policy/i, /Reached limit on the number of (?:submitted )?jobs/i],
    reason: message('rejection.policy-limit'),
    hint: message('rejection.policy-limit.hint'),
  },
  {
    rule: 'time-limit',
    texts: [
      /Requested time limit is invalid/i,
      /Invalid time limit/i,
      /Time limit specification required/i,
      /Invalid --time specification/i,
      /time limit is (?:too|not)/i,
    ],
    reason: message('rejection.time-limit'),
    hint: message('rejection.time-limit.hint'),
  },
  {
    rule: 'memory',
    texts: [
      /Memory specification can not be satisfied/i,
      /Invalid --mem/i,
      /memory required by task is not available/i,
    ],
    reason: message('rejection.memory'),
    hint: message('rejection.memory.hint'),
  },
  {
    rule: 'gres',
    texts: [
      /Invalid generic resource \(gres\) specification/i,
      /Invalid GRES specification/i,
      /Invalid Trackable RESource/i,
      /Requested GRES option unsupported/i,
    ],
    reason: message('rejection.gres'),
    hint: message('rejection.gres.hint'),
  },
  {
    rule: 'nodes-unavailable',
    texts: [
      /Requested node configuration is not available/i,
      /Node count specification invalid/i,
      /More processors requested than permitted/i,
      /Requested nodes are busy/i,
      /CPU count (?:specification invalid|per node can not be satisfied)/i,
      /Invalid node count/i,
      /Unable to satisfy cpu bind request/i,
    ],
    reason: message('rejection.nodes-unavailable'),
    hint: message('rejection.nodes-unavailable.hint'),
  },
  {
    rule: 'feature',
    texts: [/Invalid feature specification/i],
    reason: message('rejection.feature'),
    hint: message('rejection.feature.hint'),
  },
  {
    rule: 'node-name',
    texts: [/Invalid node name specified/i],
    reason: message('rejection.node-name'),
    hint: message('rejection.node-name.hint'),
  },
  {
    rule: 'array',
    texts: [/Invalid job array specification/i],
    reason: message('rejection.array'),
    hint: message('rejection.array.hint'),
  },
  {
    rule: 'dependency',
    texts: [/Job dependency problem/i, /Dependency/],
    reason: message('rejection.dependency'),
    hint: message('rejection.dependency.hint'),
  },
  {
    rule: 'reservation',
    texts: [/reservation is invalid/i, /Access denied to requested reservation/i, /Requested reservation/i],
    reason: message('rejection.reservation'),
    hint: message('rejection.reservation.hint'),
  },
  {
    rule: 'license',
    texts: [/Invalid license specification/i, /licen[cs]es? .*not/i],
    reason: message('rejection.license'),
    hint: message('rejection.license.hint'),
  },
  {
    rule: 'script-line-ends',
    isWhole: true,
    texts: [/DOS line breaks/i],
    reason: message('rejection.script-line-ends'),
    hint: message('rejection.script-line-ends.hint'),
  },
  {
    rule: 'script-shebang',
    isWhole: true,
    texts: [/This does not look like a batch script/i],
    reason: message('rejection.script-shebang'),
    hint: message('rejection.script-shebang.hint'),
  },
  {
    rule: 'script-size',
    isWhole: true,
    texts: [
      /Job script .*(?:too large|exceeds)/i,
      /Pathname of a file, directory or other parameter too long/i,
      /script is too (?:large|long)/i,
    ],
    reason: message('rejection.script-size'),
    hint: message('rejection.script-size.hint'),
  },
  {
    rule: 'option',
    isWhole: true,
    isQuoted: true,
    texts: [
      /unrecognized option/i,
      /invalid option/i,
      /Invalid numeric value/i,
      /invalid number of/i,
      /^sbatch: error: .*Invalid (?:argument|directive)/im,
      /Invalid "?\S+"? (?:option|value|specification)/i,
      /Try "sbatch --help"/i,
    ],
    reason: message('rejection.option'),
    hint: message('rejection.option.hint'),
  },
  {
    rule: 'disk-full',
    isWhole: true,
    texts: [/Disk quota exceeded/i, /No space left on device/i],
    reason: message('rejection.disk-full'),
    hint: message('rejection.disk-full.hint'),
  },
  {
    rule: 'folder-denied',
    isWhole: true,
    texts: [
      /(?:^mkdir|^mv|^cat|^ln|sh:|cannot |Unable to open file|touch).*(?:Permission denied|Read-only file system)/i,
      /^Read-only file system/i,
    ],
    reason: message('rejection.folder-denied'),
    hint: message('rejection.folder-denied.hint'),
  },
  {
    rule: 'controller-storage',
    isWhole: true,
    texts: [/I\/O error writing script\/(?:environment|output)/i],
    reason: message('rejection.controller-storage'),
    hint: message('rejection.controller-storage.hint'),
  },
  {
    rule: 'cluster-full',
    texts: [/MaxJobCount limit reached/i, /job queue full/i],
    reason: message('rejection.cluster-full'),
    hint: message('rejection.cluster-full.hint'),
  },
  {
    rule: 'submissions-closed',
    texts: [/submissions disabled/i],
    reason: message('rejection.submissions-closed'),
    hint: message('rejection.submissions-closed.hint'),
  },
  {
    rule: 'access',
    texts: [/Access\/permission denied/i],
    reason: message('rejection.access'),
    hint: message('rejection.access.hint'),
  },
  {
    rule: 'wckey',
    texts: [/Invalid wckey specification/i],
    reason: message('rejection.wckey'),
    hint: message('rejection.wckey.hint'),
  },
  {
    rule: 'given-up',
    isWhole: true,
    texts: [/slipway: this run was given up/],
    reason: message('rejection.given-up'),
    hint: message('rejection.given-up.hint'),
  },
];
