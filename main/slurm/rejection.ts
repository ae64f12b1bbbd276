import { AppError } from '../../shared/errors/appError.ts';
import type { ErrorName } from '../../shared/errors/codes.ts';

/**
 * Texts of sbatch after which the controller may or may not have taken the job: the request was sent, the answer did not come.
 * Source: slurm_errno.c. "connect failure" is not among them: then nothing was sent.
 */
export const AMBIGUOUS_TEXTS = [
  'Socket timed out',
  'Zero Bytes were transmitted or received',
  'slurm controller (receive failure)',
  'slurm controller (send failure)',
  'slurm controller (shutdown failure)',
  'Message receive failure',
  'Message send failure',
  'Unexpected message received',
  'Insane message length',
  'Connection reset by peer',
  'Broken pipe',
  'Connection timed out',
  'Unspecified error',
] as const;

/** True when this text of sbatch leaves open whether there is a job. */
export function isAmbiguous(stderr: string): boolean {
  return AMBIGUOUS_TEXTS.some((text) => stderr.includes(text));
}

interface Rule {
  /** Stable name, in the error's details. */
  readonly rule: string;
  readonly texts: readonly RegExp[];
  readonly error?: ErrorName;
  readonly reason: string;
  readonly hint: string;
}

/** First match wins. Texts: slurm_errno.c of 20.02 to 24.05, and the login node's own. */
const RULES: readonly Rule[] = [
  {
    rule: 'controller-unreachable',
    texts: [/Unable to contact slurm controller \(connect failure\)/i, /Unable to contact slurm controller/i, /Communication connection failure/i, /Could not establish a configuration source/i, /controller is in standby/i],
    error: 'SLURM_UNAVAILABLE',
    reason: 'the controller cannot be reached',
    hint: 'Wait a few minutes; the site may be in maintenance.',
  },
  {
    rule: 'slurm-login',
    texts: [/Protocol authentication error/i, /Invalid authentication credential/i, /Munge (?:encode|decode) failed/i, /Invalid user id/i],
    error: 'SLURM_UNAVAILABLE',
    reason: 'Slurm does not accept the login node’s credentials',
    hint: 'Something on the login node (munge) is not in order. Tell your site, or use another login node.',
  },
  {
    rule: 'sbatch-missing',
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
    texts: [/User's group not permitted to use this partition/i, /Job's account not permitted to use this partition/i, /Access denied to requested partition/i, /Job's QOS not permitted to use this partition/i],
    reason: 'you may not use this partition.',
    hint: 'Choose another partition or account, or ask your site for access.',
  },
  {
    rule: 'partition-down',
    texts: [/Requested partition configuration not available now/i, /Partition is in (?:an? )?(?:DOWN|DRAIN|INACTIVE)/i, /Required partition not available \(inactive or drain\)/i],
    reason: 'this partition takes no jobs now.',
    hint: 'Choose another partition, or wait until the site opens it again.',
  },
  {
    rule: 'account',
    texts: [/Invalid account or account\/partition combination specified/i, /Invalid account specified/i, /You must specify an account/i, /Specified account (?:is )?(?:invalid|not found)/i],
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
    texts: [/Job violates accounting\/QOS policy/i, /AssocMaxSubmitJobLimit/i, /QOSMaxSubmitJob/i, /QOSMax\w+/, /AssocGrp\w+|AssocMax\w+/, /MaxSubmitJobs/i, /Reached limit on the number of (?:submitted )?jobs/i],
    reason: 'it goes beyond a limit of your account or QOS: jobs at once, size or time.',
    hint: 'Ask for less, wait until some of your jobs have ended, or use another QOS.',
  },
  {
    rule: 'time-limit',
    texts: [/Requested time limit is invalid/i, /Invalid time limit/i, /Invalid --time specification/i, /time limit is (?:too|not)/i],
    reason: 'the time limit is longer than the partition allows, missing, or not a time.',
    hint: 'Lower the time limit or choose a partition with a longer one.',
  },
  {
    rule: 'memory',
    texts: [/Memory specification can not be satisfied/i, /Invalid --mem/i, /memory required by task is not available/i],
    reason: 'no node has that much memory.',
    hint: 'Ask for less memory or choose a partition with larger nodes.',
  },
  {
    rule: 'gres',
    texts: [/Invalid generic resource \(gres\) specification/i, /Invalid GRES specification/i, /Invalid Trackable RESource/i, /Requested GRES option unsupported/i],
    reason: 'the cluster has no such GPU or generic resource.',
    hint: 'Correct the kind and number of GPUs, or choose a partition that has them.',
  },
  {
    rule: 'nodes-unavailable',
    texts: [/Requested node configuration is not available/i, /Node count specification invalid/i, /More processors requested than permitted/i, /Requested nodes are busy/i, /CPU count (?:specification invalid|per node can not be satisfied)/i, /Invalid node count/i, /Unable to satisfy cpu bind request/i],
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
    texts: [/DOS line breaks/i],
    reason: 'the script has Windows line ends.',
    hint: 'Slipway writes Unix line ends; a hand-edited script has to keep them.',
  },
  {
    rule: 'script-shebang',
    texts: [/This does not look like a batch script/i],
    reason: 'the script does not begin with #! and an interpreter.',
    hint: 'Its first line has to be #!/bin/bash.',
  },
  {
    rule: 'script-size',
    texts: [/Job script .*(?:too large|exceeds)/i, /Pathname of a file, directory or other parameter too long/i, /script is too (?:large|long)/i],
    reason: 'the script is larger than the cluster accepts.',
    hint: 'Move large inputs into files of the run.',
  },
  {
    rule: 'option',
    texts: [/unrecognized option/i, /invalid option/i, /Invalid numeric value/i, /invalid number of/i, /^sbatch: error: .*Invalid (?:argument|directive)/im, /Invalid "?\S+"? (?:option|value|specification)/i, /Try "sbatch --help"/i],
    reason: 'sbatch does not understand a value or option of the script.',
    hint: 'Correct the value that its message names.',
  },
  {
    rule: 'disk-full',
    texts: [/Disk quota exceeded/i, /No space left on device/i],
    reason: 'there is no room left in the run folder’s file system or your quota.',
    hint: 'Delete what is not needed, or set another run folder for this cluster.',
  },
  {
    rule: 'folder-denied',
    texts: [/Permission denied/i, /Read-only file system/i],
    reason: 'the run folder cannot be written.',
    hint: 'Check the folder’s permissions, or set another run folder for this cluster.',
  },
  {
    rule: 'given-up',
    texts: [/slipway: this run was given up/],
    reason: 'this run was given up.',
    hint: 'Submit again as a new run.',
  },
  {
    rule: 'site-policy',
    texts: [/lua/i, /cli_filter/i, /job_submit/i],
    reason: 'the site’s own submission rules refuse it.',
    hint: 'Read the message below; your site’s documentation tells what it wants.',
  },
];

/** The reason stands in the first lines; some of the rules take a time that grows with the square of the text. */
const MOST_CHARACTERS = 8192;

/** sbatch's own lines without its name, and without the summary that follows the real reason. */
function plainText(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^\s*(?:sbatch|squeue|scancel|sacct|sinfo|scontrol|sacctmgr|allocation)?:?\s*(?:error|fatal)?:?\s*/i, '').trim())
    .filter((line) => line !== '');
  const telling = lines.filter((line) => !/^Batch job submission failed: Unspecified error$/i.test(line));
  return (telling.length > 0 ? telling : lines).join(' ').slice(0, 500);
}

/**
 * What sbatch's refusal means and what to do next. Details: `rule` (stable name), `reason`, `stderr`, `exitCode`.
 * Codes: SLURM_TIMEOUT when it is not known whether there is a job, SLURM_UNAVAILABLE, SLURM_MISSING, and SUBMISSION_FAILED for
 * everything else, with Slurm's own words where the text is not known.
 */
export function rejectionOf(said: string, exitCode: number): AppError {
  const stderr = said.slice(0, MOST_CHARACTERS);
  const details = { stderr: stderr.slice(0, 4000), exitCode };
  if (isAmbiguous(said)) return new AppError('SLURM_TIMEOUT', { details: { ...details, rule: 'no-answer', reason: plainText(stderr), seconds: 120 } });
  const rule = RULES.find(({ texts }) => texts.some((text) => text.test(stderr)));
  if (rule !== undefined) {
    return new AppError(rule.error ?? 'SUBMISSION_FAILED', { details: { ...details, rule: rule.rule, reason: rule.reason, host: 'the login node' }, hint: rule.hint });
  }
  if (exitCode === 126 || exitCode === 127) return new AppError('SLURM_MISSING', { details: { ...details, rule: 'sbatch-missing', host: 'the login node' } });
  const words = plainText(stderr);
  return new AppError('SUBMISSION_FAILED', { details: { ...details, rule: 'other', reason: words === '' ? `sbatch ended with code ${exitCode} and said nothing.` : words } });
}
