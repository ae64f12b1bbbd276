import { NO_LIMITS, type JobLimits, type Tres } from '../../shared/domain/cluster/profile.ts';
import { durationOf, numberOf } from './fields.ts';
import { tresOf } from './tres.ts';

/** The limits of one row of sacctmgr, of an association or of a QOS. A column that is missing or empty is no limit. */
export function jobLimitsOf(row: ReadonlyMap<string, string>): JobLimits {
  return {
    maxWall: durationOf(row.get('maxwall')),
    maxTresPerJob: tresOf(row.get('maxtres')),
    maxTresPerNode: tresOf(row.get('maxtrespernode')),
    minTresPerJob: tresOf(row.get('mintres')),
    maxTresPerUser: tresOf(row.get('maxtrespu')),
    maxJobs: numberOf(row.get('maxjobspu') ?? row.get('maxjobs')),
    maxSubmit: numberOf(row.get('maxsubmitpu') ?? row.get('maxsubmit')),
    groupTres: tresOf(row.get('grptres')),
    groupJobs: numberOf(row.get('grpjobs')),
    groupSubmit: numberOf(row.get('grpsubmit')),
    groupWall: durationOf(row.get('grpwall')),
  };
}

const least = (a: number | null, b: number | null): number | null => (a === null ? b : b === null ? a : Math.min(a, b));

function leastOfEach(a: Tres, b: Tres): Tres {
  return Object.fromEntries(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => [
      name,
      Math.min(a[name] ?? Infinity, b[name] ?? Infinity),
    ]),
  );
}

/** The limits of an association under those of a group above it: a group's limits hold for all below it. */
export function underGroup(limits: JobLimits, group: JobLimits = NO_LIMITS): JobLimits {
  return {
    ...limits,
    groupTres: leastOfEach(limits.groupTres, group.groupTres),
    groupJobs: least(limits.groupJobs, group.groupJobs),
    groupSubmit: least(limits.groupSubmit, group.groupSubmit),
    groupWall: least(limits.groupWall, group.groupWall),
  };
}
