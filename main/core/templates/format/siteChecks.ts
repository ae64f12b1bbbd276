/**
 * The names under `validation:` that templates in use carry and that have something behind them here (`templateKeys.checks` says what).
 * Nothing is run for a name: all of it happens for every job.
 */
export const PRE_SUBMIT_CHECKS: readonly string[] = ['check_gpu_availability', 'validate_dataset_size'];

export const POST_SUBMIT_CHECKS: readonly string[] = ['notify_user', 'log_submission'];
