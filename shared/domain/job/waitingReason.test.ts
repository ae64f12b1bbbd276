import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awaitedJobs, waitingReason } from './waitingReason.ts';

/** Every reason of job_state_reason.c (24.11) that a waiting job can have; what ended a job is another matter. */
const SLURMS =
  `Prolog Priority Dependency Resources PartitionNodeLimit PartitionTimeLimit PartitionDown PartitionInactive JobHeldAdmin JobHeldUser BeginTime Licenses
AssociationJobLimit AssociationResourceLimit AssociationTimeLimit Reservation ReqNodeNotAvail FrontEndDown SchedDefer NodeDown BadConstraints SystemFailure JobLaunchFailure
InvalidAccount InvalidQOS QOSUsageThreshold QOSJobLimit QOSResourceLimit QOSTimeLimit Cleaning QOSNotAllowed AccountNotAllowed DependencyNeverSatisfied
QOSGrpCpuLimit QOSGrpCPUMinutesLimit QOSGrpCPURunMinutesLimit QOSGrpJobsLimit QOSGrpMemLimit QOSGrpNodeLimit QOSGrpSubmitJobsLimit QOSGrpWallLimit QOSMaxCpuPerJobLimit
QOSMaxCpuMinutesPerJobLimit QOSMaxNodePerJobLimit QOSMaxWallDurationPerJobLimit QOSMaxCpuPerUserLimit QOSMaxJobsPerUserLimit QOSMaxNodePerUserLimit QOSMaxSubmitJobPerUserLimit
QOSMinCpuNotSatisfied AssocGrpCpuLimit AssocGrpCPUMinutesLimit AssocGrpCPURunMinutesLimit AssocGrpJobsLimit AssocGrpMemLimit AssocGrpNodeLimit AssocGrpSubmitJobsLimit AssocGrpWallLimit
AssocMaxJobsLimit AssocMaxCpuPerJobLimit AssocMaxCpuMinutesPerJobLimit AssocMaxNodePerJobLimit AssocMaxWallDurationPerJobLimit AssocMaxSubmitJobLimit JobHoldMaxRequeue JobArrayTaskLimit
BurstBufferResources BurstBufferStageIn BurstBufferOperation PowerNotAvail PowerReserved AssocGrpUnknown AssocGrpUnknownMinutes AssocGrpUnknownRunMinutes AssocMaxUnknownPerJob
AssocMaxUnknownPerNode AssocMaxUnknownMinutesPerJob AssocMaxCpuPerNode AssocGrpMemMinutes AssocGrpMemRunMinutes AssocMaxMemPerJob AssocMaxMemPerNode AssocMaxMemMinutesPerJob
AssocGrpNodeMinutes AssocGrpNodeRunMinutes AssocMaxNodeMinutesPerJob AssocGrpEnergy AssocGrpEnergyMinutes AssocGrpEnergyRunMinutes AssocMaxEnergyPerJob AssocMaxEnergyPerNode
AssocMaxEnergyMinutesPerJob AssocGrpGRES AssocGrpGRESMinutes AssocGrpGRESRunMinutes AssocMaxGRESPerJob AssocMaxGRESPerNode AssocMaxGRESMinutesPerJob AssocGrpLicense AssocGrpLicenseMinutes
AssocGrpLicenseRunMinutes AssocMaxLicensePerJob AssocMaxLicenseMinutesPerJob AssocGrpBB AssocGrpBBMinutes AssocGrpBBRunMinutes AssocMaxBBPerJob AssocMaxBBPerNode AssocMaxBBMinutesPerJob
QOSGrpUnknown QOSGrpUnknownMinutes QOSGrpUnknownRunMinutes QOSMaxUnknownPerJob QOSMaxUnknownPerNode QOSMaxUnknownPerUser QOSMaxUnknownMinutesPerJob QOSMinUnknown QOSMaxCpuPerNode
QOSGrpMemoryMinutes QOSGrpMemoryRunMinutes QOSMaxMemoryPerJob QOSMaxMemoryPerNode QOSMaxMemoryPerUser QOSMaxMemoryMinutesPerJob QOSMinMemory QOSGrpNodeMinutes QOSGrpNodeRunMinutes
QOSMaxNodeMinutesPerJob QOSMinNode QOSGrpEnergy QOSGrpEnergyMinutes QOSMaxEnergyPerUser QOSMinEnergy QOSGrpGRES QOSGrpGRESMinutes QOSGrpGRESRunMinutes QOSMaxGRESPerJob QOSMaxGRESPerNode
QOSMaxGRESPerUser QOSMaxGRESMinutesPerJob QOSMinGRES QOSGrpLicense QOSGrpLicenseMinutes QOSMaxLicensePerJob QOSMaxLicensePerUser QOSMinLicense QOSGrpBB QOSMaxBBPerUser QOSMinBB
MaxBBPerAccount MaxCpuPerAccount MaxEnergyPerAccount MaxGRESPerAccount MaxNodePerAccount MaxLicensePerAccount MaxMemoryPerAccount MaxUnknownPerAccount MaxJobsPerAccount MaxSubmitJobsPerAccount
PartitionConfig AccountingPolicy FedJobLock MaxMemPerLimit AssocGrpBilling AssocGrpBillingMinutes AssocGrpBillingRunMinutes AssocMaxBillingPerJob QOSGrpBilling QOSMaxBillingPerUser
MaxBillingPerAccount QOSMinBilling ReservationDeleted ReservationInvalid Constraints`.split(/\s+/);

describe('the reason of a waiting job', () => {
  it('is known for every word that Slurm has', () => {
    expect(SLURMS.filter((word) => waitingReason(word) === null)).toEqual([]);
  });

  it.each([
    ['Priority', 'priority', 'waits'],
    ['Resources', 'resources', 'waits'],
    ['DependencyNeverSatisfied', 'dependencyNever', 'never'],
    ['JobHeldUser', 'held', 'needs-you'],
    ['PartitionTimeLimit', 'partitionTime', 'never'],
    ['ReqNodeNotAvail, UnavailableNodes:cn[1-2]', 'nodesUnavailable', 'waits'],
    ['ReqNodeNotAvail, Reserved for maintenance', 'nodesUnavailable', 'waits'],
    // recorded on 22.05.8
    [
      'Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions',
      'nodesUnavailable',
      'waits',
    ],
    [
      'Nodes_required_for_job_are_DOWN,_DRAINED_or_reserved_for_jobs_in_higher_priority_partitions',
      'nodesUnavailable',
      'waits',
    ],
    ["Job's QOS not permitted to use this partition (gpu allows normal,high,short not express)", 'qosNotHere', 'never'],
    [
      "Job's account not permitted to use this partition (long denies slipthesis including slipthesis)",
      'accountNotHere',
      'never',
    ],
    ['launch failed requeued held', 'heldAfterFailure', 'needs-you'],
    ['(Priority)', 'priority', 'waits'],
  ])('%s is “%s”: %s', (word, code, kind) => {
    expect(waitingReason(word)).toMatchObject({ code, kind });
  });

  it.each([
    ['QOSGrpCpuLimit', 'limitShared', 'waits', 'qos', 'cpu'],
    ['AssocGrpGRESRunMinutes', 'limitShared', 'waits', 'association', 'gres'],
    ['AssocGrpCPUMinutesLimit', 'limitBudget', 'needs-you', 'association', 'cpu'],
    ['AssocGrpCPUMinsLimit', 'limitBudget', 'needs-you', 'association', 'cpu'],
    ['QOSMaxWallDurationPerJobLimit', 'limitPerJob', 'never', 'qos', 'time'],
    ['AssocMaxMemPerNode', 'limitPerJob', 'never', 'association', 'memory'],
    ['QOSMaxJobsPerUserLimit', 'limitPerUser', 'waits', 'qos', 'jobs'],
    ['AssocMaxJobsLimit', 'limitPerUser', 'waits', 'association', 'jobs'],
    ['MaxNodePerAccount', 'limitPerAccount', 'waits', 'qos', 'nodes'],
    ['QOSMinGRES', 'limitLeast', 'never', 'qos', 'gres'],
    ['QOSTimeLimit', 'limitBudget', 'needs-you', 'qos', 'time'],
  ])('%s is a limit: %s, %s, of %s on %s', (word, code, kind, of, what) => {
    expect(waitingReason(word)).toEqual({ code, kind, limit: { of, what }, word });
  });

  it('is nothing where Slurm gives none, and where a site invents one', () => {
    for (const word of [null, '', 'None', 'NonZeroExitCode', 'LunarEclipse', 'constructor', '__proto__'])
      expect(waitingReason(word)).toBeNull();
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (word) => void waitingReason(word)));
  });
});

describe('the jobs of a dependency', () => {
  it.each([
    [undefined, []],
    ['singleton', []],
    ['afterok:4', ['4']],
    ['afterok:4:7_2,afterany:9', ['4', '7_2', '9']],
    ['after:12+30?afternotok:8_*', ['12', '8_*']],
  ])('%j are %j', (dependency, jobs) => {
    expect(awaitedJobs(dependency)).toEqual(jobs);
  });
});
