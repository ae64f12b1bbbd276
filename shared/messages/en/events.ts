/** What happened to a run, as its timeline tells it. */
export default {
  job: 'job {{job}}',
  jobWarned: 'job {{job}}; sbatch: {{words}}',
  jobFound: 'job {{job}}, found in the queue',
  jobNamed: 'job {{job}}, named by a person',
  jobRunsAfterAll: 'job {{job}}, it runs after all',
  triedAgain: 'tried again',
  cancelledUnsent: 'cancelled before it was sent',
  givenUp: 'given up by a person: the job never ran',
  inFolder: 'in {{folder}}',
  on: 'on {{nodes}}',
  startedAgain: 'started again by Slurm',
  startedAgainOften: 'started again by Slurm, for the {{times}}. time',
  exitCode: 'exit code {{code}}',
  signal: 'signal {{signal}}',
  by: 'by {{who}}',
  and: '{{first}}, {{second}}',
} as const;
