/** What could not be learnt of a cluster, and why. */
export default {
  'what.configuration': 'its configuration',
  'what.partitions': 'its partitions',
  'what.nodes': 'the state of its nodes',
  'what.reservations': 'its reservations',
  'what.accounts': 'accounts and limits',
  'what.qos': 'QOS and their limits',
  'what.fairShare': 'your fair share',
  cut: 'The cluster’s answer ended before {{what}}.',
  tookTooLong: 'The cluster took too long to tell {{what}}.',
  noProgram: 'The login node has no program that tells {{what}}.',
  controllerSilent: 'Slurm’s controller did not answer ({{said}}), so {{what}} could not be asked.',
  notAllowed: 'This site does not let users see {{what}} ({{said}}).',
  notTold: 'The cluster did not tell {{what}}.',
  notToldBecause: 'The cluster did not tell {{what}}: {{said}}.',
  noDaemon: 'This cluster runs no accounting daemon (slurmdbd), so nothing is known of {{what}}; jobs still work.',
  daemonSilent:
    'The accounting daemon (slurmdbd) does not answer now, so nothing is known of {{what}}; jobs still work.',
  daemonSilentBecause:
    'The accounting daemon (slurmdbd) does not answer now ({{said}}), so nothing is known of {{what}}; jobs still work.',
  gpusInUse: 'This release of Slurm does not tell which GPUs are in use.',
  noAccount:
    'The accounting database names no account of yours on this cluster. Ask the site to add you to one if jobs are refused.',
  noPriority:
    'Jobs start in the order in which they were submitted here (PriorityType is priority/basic), so there is no fair share.',
  noFairShare: 'Slurm names no fair share of yours on this cluster.',
  keptKnown: 'What was known before is shown.',
  endsAbsent:
    'No accounting tells how jobs ended ({{said}}). Slipway follows them by the queue and by what each job writes down itself.',
  endsSilent:
    'Accounting does not answer ({{said}}). Slipway follows your jobs by the queue and by what each job writes down itself, and corrects their ends when it answers again.',
  quotaSlow: 'The site’s quota command took longer than {{seconds}} s.',
  quotaFailed: 'The site’s quota command failed (exit code {{code}}): {{said}}.',
  quotaNotUnderstood: 'What the site’s quota command prints is not understood: {{said}}.',
} as const;
