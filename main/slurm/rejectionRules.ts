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
  readonly reason: string;
  readonly hint: string;
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
    reason: 'the controller cannot be reached',
    hint: 'Wait a few minutes; the site may be in maintenance.',
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
    reason: 'Slurm does not accept the login node’s credentials',
    hint: 'Something on the login node (munge) is not in order. Tell your site, or use another login node.',
  },
  {
    rule: 'sbatch-missing',
    isWhole: true,
    texts: [/sbatch: (?:command )?not found/i, /sbatch: No such file or directory/i],
    error: 'SLURM_MISSING',
    reason: 'sbatch was not found',
    hint: 'Set the folder of sbatch in the cluster’s settings.',
  },
  {
    rule: 'partition-unknown',
    texts: [/Invalid partition name specified/i, /invalid partition specified/i],
    reason: 'this cluster has no such partition.',
    hint: 'Choose one of the partitions it offers.',
  },
  {
    rule: 'partition-forbidden',
    texts: [
      /User's group not permitted to use this partition/i,
      /Job's account not permitted to use this partition/i,
      /Access denied to requested partition/i,
      /Job's QOS not permitted to use this partition/i,
    ],
    reason: 'you may not use this partition.',
    hint: 'Choose another partition or account, or ask your site for access.',
  },
  {
    rule: 'partition-down',
    texts: [
      /Requested partition configuration not available now/i,
      /Partition is in (?:an? )?(?:DOWN|DRAIN|INACTIVE)/i,
      /Required partition not available \(inactive or drain\)/i,
    ],
    reason: 'this partition takes no jobs now.',
    hint: 'Choose another partition, or wait until the site opens it again.',
  },
  {
    rule: 'account',
    texts: [
      /Invalid account or account\/partition combination specified/i,
      /Invalid account specified/i,
      /You must specify an account/i,
      /Specified account (?:is )?(?:invalid|not found)/i,
    ],
    reason: 'the account is missing, unknown, or not allowed in this partition.',
    hint: 'Choose one of your accounts.',
  },
  {
    rule: 'qos',
    texts: [/Invalid qos specification/i, /Invalid qos for job request/i, /QOS .* not permitted/i],
    reason: 'this QOS does not exist or is not yours.',
    hint: 'Leave the QOS empty, or choose one that your account has.',
  },
  {
    rule: 'policy-limit',
    texts: [/Job violates accounting\/QOS policy/i, /Reached limit on the number of (?:submitted )?jobs/i],
    reason: 'it goes beyond a limit of your account or QOS: jobs at once, size or time.',
    hint: 'Ask for less, wait until some of your jobs have ended, or use another QOS.',
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
    reason: 'the time limit is longer than the partition allows, missing, or not a time.',
    hint: 'Lower the time limit or choose a partition with a longer one.',
  },
  {
    rule: 'memory',
    texts: [
      /Memory specification can not be satisfied/i,
      /Invalid --mem/i,
      /memory required by task is not available/i,
    ],
    reason: 'no node has that much memory.',
    hint: 'Ask for less memory or choose a partition with larger nodes.',
  },
  {
    rule: 'gres',
    texts: [
      /Invalid generic resource \(gres\) specification/i,
      /Invalid GRES specification/i,
      /Invalid Trackable RESource/i,
      /Requested GRES option unsupported/i,
    ],
    reason: 'the cluster has no such GPU or generic resource.',
    hint: 'Correct the kind and number of GPUs, or choose a partition that has them.',
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
    reason: 'no nodes of this partition have that many nodes, CPUs, memory, GPUs or these features.',
    hint: 'Ask for less, or choose another partition.',
  },
  {
    rule: 'feature',
    texts: [/Invalid feature specification/i],
    reason: 'no node has the feature that the constraint asks for.',
    hint: 'Remove or correct the constraint.',
  },
  {
    rule: 'node-name',
    texts: [/Invalid node name specified/i],
    reason: 'a node that the request names does not exist.',
    hint: 'Remove or correct the node list.',
  },
  {
    rule: 'array',
    texts: [/Invalid job array specification/i],
    reason: 'the job array is not valid or longer than the cluster allows.',
    hint: 'Correct its range, or split it.',
  },
  {
    rule: 'dependency',
    texts: [/Job dependency problem/i, /Dependency/],
    reason: 'the job it depends on does not exist or cannot be depended on.',
    hint: 'Correct or remove the dependency.',
  },
  {
    rule: 'reservation',
    texts: [/reservation is invalid/i, /Access denied to requested reservation/i, /Requested reservation/i],
    reason: 'the reservation does not exist or is not yours.',
    hint: 'Remove or correct the reservation.',
  },
  {
    rule: 'license',
    texts: [/Invalid license specification/i, /licen[cs]es? .*not/i],
    reason: 'the cluster does not know this licence.',
    hint: 'Correct or remove the licence.',
  },
  {
    rule: 'script-line-ends',
    isWhole: true,
    texts: [/DOS line breaks/i],
    reason: 'the script has Windows line ends.',
    hint: 'Slipway writes Unix line ends; a hand-edited script has to keep them.',
  },
  {
    rule: 'script-shebang',
    isWhole: true,
    texts: [/This does not look like a batch script/i],
    reason: 'the script does not begin with #! and an interpreter.',
    hint: 'Its first line has to be #!/bin/bash.',
  },
  {
    rule: 'script-size',
    isWhole: true,
    texts: [
      /Job script .*(?:too large|exceeds)/i,
      /Pathname of a file, directory or other parameter too long/i,
      /script is too (?:large|long)/i,
    ],
    reason: 'the script is larger than the cluster accepts.',
    hint: 'Move large inputs into files of the run.',
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
    reason: 'sbatch does not understand a value or option of the script.',
    hint: 'Correct the value that its message names.',
  },
  {
    rule: 'disk-full',
    isWhole: true,
    texts: [/Disk quota exceeded/i, /No space left on device/i],
    reason: 'there is no room left in the run folder’s file system or your quota.',
    hint: 'Delete what is not needed, or set another run folder for this cluster.',
  },
  {
    rule: 'folder-denied',
    isWhole: true,
    texts: [
      /(?:^mkdir|^mv|^cat|^ln|sh:|cannot |Unable to open file|touch).*(?:Permission denied|Read-only file system)/i,
      /^Read-only file system/i,
    ],
    reason: 'the run folder cannot be written.',
    hint: 'Check the folder’s permissions, or set another run folder for this cluster.',
  },
  {
    rule: 'controller-storage',
    isWhole: true,
    texts: [/I\/O error writing script\/(?:environment|output)/i],
    reason: 'Slurm’s controller could not store the job.',
    hint: 'Its disk may be full. Tell your site, and submit again later.',
  },
  {
    rule: 'cluster-full',
    texts: [/MaxJobCount limit reached/i, /job queue full/i],
    reason: 'the cluster has as many jobs as it can hold.',
    hint: 'Submit again later.',
  },
  {
    rule: 'submissions-closed',
    texts: [/submissions disabled/i],
    reason: 'the site takes no new jobs now.',
    hint: 'Submit again later; the site may be in maintenance.',
  },
  {
    rule: 'access',
    texts: [/Access\/permission denied/i],
    reason: 'the site does not let you submit this job here.',
    hint: 'Some sites refuse requests without an account, a GPU or its type, or from this host. Your site’s documentation tells what it wants.',
  },
  {
    rule: 'wckey',
    texts: [/Invalid wckey specification/i],
    reason: 'the cluster does not know this wckey.',
    hint: 'Correct or remove the wckey.',
  },
  {
    rule: 'given-up',
    isWhole: true,
    texts: [/slipway: this run was given up/],
    reason: 'this run was given up.',
    hint: 'Submit again as a new run.',
  },
];
