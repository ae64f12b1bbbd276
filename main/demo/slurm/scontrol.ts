import { writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { parseSlurmDuration } from '../../../shared/lib/duration.ts';
import { localPath } from '../paths.ts';
import { complain, given, say, type Site, type SlurmCommand } from './command.ts';
import { configuration } from './configuration.ts';
import { expandHostList, hostList } from './formats.ts';
import { isEnded, type Job } from './job.ts';
import { beginTime } from './jobRequest.ts';
import { lookUp, rowsOf } from './jobIds.ts';
import { nodeLoads } from './nodeLoad.ts';
import { optionTable, parseCommandLine } from './options.ts';
import { jobRecord, nodeRecord, partitionRecord, printRecord, reservationRecord } from './records.ts';
import { MIN_JOB_AGE, NODES, partitionNamed, PARTITIONS, SLURM_VERSION } from './site.ts';
import type { CommandAnswer, CommandCall } from './wire.ts';

const TABLE = optionTable(`
  all,a:none clusters,M details,d:none federation,F:none future:none help,h:none hide:none local:none oneliner,o:none quiet,Q:none sibling:none
  uid,u usage:none verbose,v:none version,V:none
`);

const UNKNOWN_JOB = 'Invalid job id specified';

function show(words: readonly string[], site: Site, oneLine: boolean, timeFormat: string | undefined): CommandAnswer {
  const [given = '', ...names] = words;
  const entity = given.toLowerCase();
  const is = (...all: string[]): boolean => entity !== '' && all.some((each) => each.startsWith(entity));
  const [wanted] = names;
  if (is('config')) return say(configuration(site));
  if (is('partitions')) {
    const partition = wanted === undefined ? undefined : partitionNamed(wanted);
    if (wanted !== undefined && partition === undefined)
      return { stdout: `Partition ${wanted} not found\n`, stderr: '', exitCode: 1 };
    return say(
      (partition === undefined ? PARTITIONS : [partition])
        .map((each) => printRecord(partitionRecord(each), oneLine))
        .join(''),
    );
  }
  if (is('nodes')) {
    const unknown =
      wanted === undefined
        ? undefined
        : expandHostList(wanted).find((name) => !NODES.some((node) => node.name === name));
    if (unknown !== undefined) return { stdout: `Node ${unknown} not found\n`, stderr: '', exitCode: 1 };
    const loads = nodeLoads(site).filter(
      (load) => wanted === undefined || expandHostList(wanted).includes(load.node.name),
    );
    return say(loads.map((load) => printRecord(nodeRecord(load, site), oneLine)).join(''));
  }
  if (is('jobs')) return showJobs(wanted, site, oneLine);
  if (is('hostnames'))
    return say(
      expandHostList(wanted ?? '')
        .map((name) => `${name}\n`)
        .join(''),
    );
  if (is('hostlist', 'hostlistsorted')) return say(`${hostList((wanted ?? '').split(','))}\n`);
  if (is('reservations')) {
    const reservation = reservationRecord(site.controller.now(), timeFormat);
    if (wanted !== undefined && wanted !== reservation.name)
      return { stdout: `Reservation ${wanted} not found\n`, stderr: '', exitCode: 1 };
    return say(printRecord(reservation.lines, oneLine));
  }
  if (is('licenses')) return say('No licenses configured in Slurm.\n');
  return complain(`invalid entity:${given} for keyword:show \n`);
}

function showJobs(wanted: string | undefined, site: Site, oneLine: boolean): CommandAnswer {
  const { table } = site.controller;
  const now = site.controller.now();
  const fresh = (job: Job): boolean => !isEnded(job) || now - (job.standing.end ?? now) <= MIN_JOB_AGE;
  const lookup = wanted === undefined ? null : lookUp(table, wanted);
  if (lookup?.kind === 'malformed') return complain(`scontrol_print_job error: ${UNKNOWN_JOB}\n`);
  const jobs = (lookup === null ? table.all() : lookup.jobs).filter(fresh);
  if (jobs.length === 0) {
    if (wanted === undefined) return say('No jobs in the system\n');
    return wanted.includes('_')
      ? { stdout: `Job ${wanted} not found\n`, stderr: '', exitCode: 1 }
      : complain(`slurm_load_jobs error: ${UNKNOWN_JOB}\n`);
  }
  const records = rowsOf(
    [...jobs].sort((a, b) => a.id - b.id),
    false,
  ).flatMap((row) => {
    const [job] = row;
    return job === undefined ? [] : [printRecord(jobRecord(row, job, site), oneLine)];
  });
  return say(records.join(''));
}

/** Does something to each job of a list; what cannot be done is said per job, and the rest is done all the same. */
function forEachJob(
  words: readonly string[],
  site: Site,
  trailer: string,
  act: (job: Job) => string | null,
): CommandAnswer {
  let complaints = '';
  for (const id of words.flatMap((word) => (word.includes('[') ? [word] : word.split(',')))) {
    const lookup = lookUp(site.controller.table, id.replace(/^job(id)?=/i, ''));
    const jobs = lookup.kind === 'jobs' ? lookup.jobs : [];
    if (jobs.length === 0) complaints += `${UNKNOWN_JOB} for job ${id}\n${trailer}`;
    for (const job of jobs) {
      const problem = act(job);
      if (problem !== null) complaints += `${problem} for job ${id}\n`;
    }
  }
  return { stdout: '', stderr: complaints, exitCode: complaints === '' ? 0 : 1 };
}

function requeue(words: readonly string[], site: Site, hold: boolean): CommandAnswer {
  return forEachJob(words, site, '', (job) => {
    if (job.standing.state === 'PENDING') return 'Job is pending execution';
    if (!job.spec.requeue) return 'Requested operation is presently disabled';
    site.controller.requeue(job, site.user.uid, hold);
    return null;
  });
}

/** `update JobId=17 TimeLimit=30 Name=x`: what a user may change of their own job. */
function update(words: readonly string[], site: Site): CommandAnswer {
  const pairs = words.map((word) => /^([A-Za-z]+)\+?=(.*)$/s.exec(word));
  const ids = pairs.find((pair) => /^job(id)?$/i.test(pair?.[1] ?? ''))?.[2];
  if (ids === undefined) return complain('slurm_update error: Access/permission denied\n');
  const lookup = lookUp(site.controller.table, ids);
  const jobs = lookup.kind === 'jobs' ? lookup.jobs : [];
  if (jobs.length === 0) return complain(`${UNKNOWN_JOB} for job ${ids}\n`);
  for (const [index, pair] of pairs.entries()) {
    const key = (pair?.[1] ?? '').toLowerCase();
    const value = pair?.[2] ?? '';
    if (key === 'jobid' || key === 'job') continue;
    if (key === 'timelimit') {
      const seconds = parseSlurmDuration(value);
      if (seconds === null) return complain('scontrol: error: Invalid TimeLimit value\n');
      // a running job's limit is raised by operators only
      if (jobs.some((job) => job.standing.state === 'RUNNING' && seconds > (job.standing.timeLimit ?? Infinity)))
        return complain(`Access/permission denied for job ${ids}\n`);
      for (const job of jobs)
        site.controller.update(job, { timeLimit: Number.isFinite(seconds) ? Math.ceil(seconds / 60) * 60 : null });
    } else if (key === 'starttime') {
      const begin = beginTime(value, site.controller.now());
      if (begin === undefined) return complain(`Invalid time specification (pos=0): ${value}\n`);
      for (const job of jobs.filter(({ standing }) => standing.state === 'PENDING'))
        site.controller.update(job, { begin });
    } else if (key === 'name' || key === 'jobname') {
      for (const job of jobs) site.controller.update(job, { name: value });
    } else {
      return complain(`Update of this parameter is not supported: ${words[index] ?? ''}\nRequest aborted\n`);
    }
  }
  return say('');
}

function writeScript(words: readonly string[], site: Site, call: CommandCall): CommandAnswer {
  const [what, id = '', file] = words;
  if (what !== 'batch_script') return complain(`invalid entity:${what ?? ''} for keyword:write \n`);
  const lookup = lookUp(site.controller.table, id);
  const job = lookup.kind === 'jobs' ? lookup.jobs[0] : undefined;
  if (job === undefined) return complain(`job script retrieval failed: ${UNKNOWN_JOB}\n`, 0);
  if (file === '-') return say(job.spec.script);
  const name = file ?? `slurm-${job.id}.sh`;
  writeFileSync(path.resolve(localPath(call.folder), localPath(name)), job.spec.script, { mode: 0o600 });
  return say(`batch script for job ${job.id} written to ${name}\n`);
}

/** scontrol: what users do with it. Changes of the cluster itself are refused as to any user. */
export const scontrol: SlurmCommand = (call, site) => {
  const parsed = parseCommandLine('scontrol', TABLE, call.arguments, true);
  if (parsed.kind === 'refused') return complain(parsed.message);
  const { options, rest } = parsed;
  if (given(options, 'version')) return say(`slurm ${SLURM_VERSION}\n`);
  const [keyword = '', ...words] = rest;
  const needsMore = [
    'show',
    'hold',
    'release',
    'requeue',
    'requeuehold',
    'uhold',
    'update',
    'suspend',
    'resume',
    'write',
  ];
  if (needsMore.includes(keyword) && words.length === 0) return complain(`too few arguments for keyword:${keyword}\n`);
  const trailer = `slurm_suspend error: ${UNKNOWN_JOB}\n`;
  switch (keyword) {
    case 'show':
      return show(words, site, given(options, 'oneliner'), call.environment['SLURM_TIME_FORMAT']);
    case 'hold':
    case 'uhold':
      return forEachJob(words, site, trailer, (job) => {
        site.controller.hold(job);
        return null;
      });
    case 'release':
      return forEachJob(words, site, trailer, (job) => {
        site.controller.release(job);
        return null;
      });
    case 'requeue':
      return requeue(words, site, false);
    case 'requeuehold':
      return requeue(words, site, true);
    case 'suspend':
    case 'resume':
      return forEachJob(words, site, '', (job) =>
        job.standing.state === 'PENDING' ? 'Job is pending execution' : 'Access/permission denied',
      );
    case 'update':
      return update(words, site);
    case 'write':
      return writeScript(words, site, call);
    case 'ping':
      return say(`Slurmctld(primary) at ${hostname()} is UP\n`);
    case 'version':
      return say(`slurm ${SLURM_VERSION}\n`);
    default:
      return complain(`invalid keyword: ${keyword}\n`);
  }
};
