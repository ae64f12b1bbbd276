import { complain, given, lastOf, say, type SlurmCommand } from './command.ts';
import { isEnded, type Job } from './job.ts';
import { lookUp } from './jobIds.ts';
import { signalNamed } from './jobRequest.ts';
import { optionTable, parseCommandLine } from './options.ts';
import { SLURM_VERSION } from './site.ts';
import { isIn, stateNamed } from './states.ts';

const TABLE = optionTable(`
  account,A batch,b:none clusters,M ctld:none cron:none full,f:none help:none hurry,H:none interactive,i:none jobname,n me:none name nodelist,w
  partition,p qos,q quiet,Q:none reservation,R sibling signal,s state,t usage:none user,u verbose,v:none version,V:none wckey
`);

/** scancel: ends or signals jobs. As in Slurm, an id that is unknown or has ended is no error. */
export const scancel: SlurmCommand = (call, site) => {
  const parsed = parseCommandLine('scancel', TABLE, call.arguments, true);
  if (parsed.kind === 'refused') return complain(parsed.message);
  const { options, rest } = parsed;
  if (given(options, 'version')) return say(`slurm ${SLURM_VERSION}\n`);
  if (given(options, 'help') || given(options, 'usage'))
    return say('Usage: scancel [OPTIONS] [job_id[_array_id][.step_id]]\n');
  const filters = ['account', 'jobname', 'me', 'name', 'nodelist', 'partition', 'qos', 'state', 'user'];
  if (rest.length === 0 && !filters.some((name) => given(options, name)))
    return complain('scancel: error: No job identification provided\n');

  let jobs: readonly Job[] = site.controller.table.all();
  if (rest.length > 0) {
    const found: Job[] = [];
    for (const id of rest.flatMap((word) => (word.includes('[') ? [word] : word.split(',')))) {
      const lookup = lookUp(site.controller.table, id);
      if (lookup.kind === 'malformed') return complain(`scancel: error: Invalid job id ${id}\n`);
      found.push(...lookup.jobs);
    }
    jobs = found;
  }
  const user = lastOf(options, 'user');
  if (user !== undefined && user !== site.user.name && user !== String(site.user.uid))
    return complain(`scancel: error: Invalid user name: ${user}\n`);
  const stateName = lastOf(options, 'state');
  const state = stateName === undefined ? null : stateNamed(stateName);
  if (stateName !== undefined && state === null)
    return complain(
      `Invalid job state specified: ${stateName}\nValid job states are PENDING, RUNNING, and SUSPENDED\n`,
    );
  const name = lastOf(options, 'name') ?? lastOf(options, 'jobname');
  const chosen = jobs
    .filter((job) => !isEnded(job) && (state === null || isIn(job, state)))
    .filter((job) => name === undefined || job.standing.name === name)
    .filter((job) => lastOf(options, 'partition') === undefined || job.spec.partition === lastOf(options, 'partition'))
    .filter((job) => lastOf(options, 'account') === undefined || job.spec.account === lastOf(options, 'account'))
    .filter((job) => lastOf(options, 'qos') === undefined || job.spec.qos === lastOf(options, 'qos'));

  const signalText = lastOf(options, 'signal');
  const signal = signalText === undefined ? null : signalNamed(signalText);
  if (signalText !== undefined && signal === null) return complain(`Unknown job signal: ${signalText}\n`);
  for (const job of chosen) {
    if (signal === null || signal === 'SIGKILL') site.controller.cancel(job, site.user.uid);
    else if (job.standing.state === 'RUNNING') site.controller.signal(job, signal, given(options, 'batch'));
  }
  return say('');
};
