/** Where a submission can stand on our side: the words, which the page knows too (the schema of them it does not load). */
export const SUBMIT_PHASES = [
  'prepared', // in the store, nothing sent yet
  'uploading', // run folder and files
  'submitting', // sbatch may have been run: never run it blindly again
  'ambiguous', // it is not known whether Slurm took it
  'submitted', // there is a job id
  'rejected', // Slurm or the upload said no; nothing runs
  'cancelled', // by a person, before it was sent
  'abandoned', // given up by a person after an answer that never came; should a job turn up, it ends at once
] as const;
