/**
 * The names under `validation:` that templates in use carry, and what stands behind each here. Nothing is run for a name: all of it
 * happens for every job.
 */
export const PRE_SUBMIT_CHECKS: Readonly<Record<string, string>> = {
  check_gpu_availability: 'the GPUs asked for are held against what the partition’s nodes have',
  validate_dataset_size: 'each file is held against its slot’s max_size and the site’s limit',
};

export const POST_SUBMIT_CHECKS: Readonly<Record<string, string>> = {
  notify_user: 'the system tells of a job that starts, ends or fails',
  log_submission: 'each step of a submission is in the log',
};
