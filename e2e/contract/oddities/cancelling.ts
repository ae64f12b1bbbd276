import { START_UP } from './watching.ts';
import { chatty, failing, hanging, missing, warning, type CancelRow } from './oddity.ts';

/** What a person reads who cancels a running job there. */
export const CANCELLING: readonly CancelRow[] = [
  {
    title: 'scancel is not allowed',
    oddities: [failing('scancel', 'scancel: error: Kill job error on job id 4711: Access/permission denied')],
    deed: 'cancel',
    error: 'JOB_ACTION_FAILED',
    shows: 'RUNNING',
    says: /Access\/permission denied/,
    never: /was cancelled|you cancelled/i,
  },
  {
    title: 'scancel is gone',
    oddities: [missing('scancel')],
    deed: 'cancel',
    error: 'JOB_ACTION_FAILED',
    shows: 'RUNNING',
    says: /the login node has no scancel/,
    never: /was cancelled/,
  },
  {
    title: 'scancel cannot reach the controller',
    oddities: [
      failing(
        'scancel',
        'scancel: error: Kill job error on job id 4711: Unable to contact slurm controller (connect failure)',
      ),
    ],
    deed: 'cancel',
    error: 'JOB_ACTION_FAILED',
    shows: 'RUNNING',
    says: /Unable to contact slurm controller/,
    never: /was cancelled/,
  },
  {
    title: 'scancel does it and answers an error',
    oddities: [{ command: 'scancel', script: 'scancel "$@"; echo "scancel: error: cannot write the log" >&2; exit 1' }],
    deed: 'cancel',
    shows: 'CANCELLED',
  },
  {
    title: 'scancel greets and has news',
    oddities: [chatty('scancel')],
    deed: 'cancel',
    shows: 'CANCELLED',
    never: /nice day/,
  },
  {
    title: 'scancel complains and does it',
    oddities: [warning('scancel', 'scancel: error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host')],
    deed: 'cancel',
    shows: 'CANCELLED',
    never: /dns/,
  },
  {
    title: 'scancel answers well and does nothing',
    oddities: [{ command: 'scancel', script: 'exit 0' }],
    deed: 'cancel',
    shows: 'RUNNING',
    never: /was cancelled/,
  },
  {
    title: 'scancel hangs',
    oddities: [hanging('scancel')],
    deed: 'cancel',
    error: 'JOB_ACTION_FAILED',
    shows: 'RUNNING',
    says: /no answer within \d+ s/,
    never: /was cancelled/,
    slow: true,
  },
  { title: 'a start-up file narrows what scancel takes', oddities: [START_UP], deed: 'cancel', shows: 'CANCELLED' },
];
