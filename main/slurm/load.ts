import { quote } from '../../shared/lib/quote.ts';
import { SEPARATOR } from './fields.ts';
import { NODE_GROUPS_COMMAND } from './nodeGroups.ts';
import { sectionsScript } from './sections.ts';

/**
 * The user's own jobs. `tres-alloc` is what a job has or, while it waits, what it asks for; all names are known from 20.02 to 25.05.
 * Source: squeue(1), --Format; _print_job_tres_alloc in src/squeue/print.c.
 */
const JOB_FIELDS = ['State', 'Partition', 'Account', 'QOS', 'ArrayTaskID', 'NumCPUs', 'NumNodes', 'tres-alloc'];
const JOBS_COMMAND = `squeue -h -a -t all -u "$(id -un)" -O ${quote(JOB_FIELDS.map((name, i) => `${name}:0${i < JOB_FIELDS.length - 1 ? SEPARATOR : ''}`).join(','))}`;

/**
 * All waiting jobs by partition, counted where they are: the tasks of an array count each, and a job for several partitions in each of
 * them. Exit code 3 where the site hides other people's jobs.
 */
const WAITING_COMMAND = [
  `case ",$(scontrol show config | sed -n 's/^PrivateData *= *//p')," in *,jobs,*|*,all,*) exit 3 ;; esac`,
  `squeue -h -a -t PENDING -o '%P|%K' | awk -F '|' '`,
  'function tasks(list, part, range, ends, i, n, count, step) {',
  '  if (list !~ /^[0-9]/) return 1',
  '  sub(/%.*/, "", list); n = split(list, part, ","); count = 0',
  '  for (i = 1; i <= n; i++) {',
  '    step = 1; if (split(part[i], range, ":") > 1 && range[2] > 0) step = range[2]',
  '    count += split(range[1], ends, "-") > 1 ? int((ends[2] - ends[1]) / step) + 1 : 1',
  '  }',
  '  return count',
  '}',
  '{ n = split($1, names, ","); for (k = 1; k <= n; k++) waiting[names[k]] += tasks($2) }',
  `END { for (name in waiting) printf "%d|%s\\n", waiting[name], name }'`,
].join('\n');

/**
 * One light sh script for what happens on a cluster now. `waiting` also counts the jobs of all people: the controller sends its whole
 * list for that, so it is asked less often.
 */
export function loadScript(plan: { waiting: boolean }): string {
  return sectionsScript([], { nodes: NODE_GROUPS_COMMAND, jobs: JOBS_COMMAND, ...(plan.waiting ? { waiting: WAITING_COMMAND } : {}) });
}
