import { forPrograms } from '../../shared/messages/forPrograms.ts';
import { describe, expect, it } from 'vitest';
import { policyLimit, policyLimitIn } from './policyLimits.ts';

/** All that acct_policy.c may refuse or hold a job for. Source: job_state_reason.c of 20.02 to 26.05. */
const NAMES =
  `PartitionNodeLimit PartitionTimeLimit AssociationJobLimit AssociationResourceLimit AssociationTimeLimit QOSUsageThreshold QOSJobLimit QOSResourceLimit QOSTimeLimit
QOSNotAllowed AccountNotAllowed QOSGrpCpuLimit QOSGrpCPUMinutesLimit QOSGrpCPURunMinutesLimit QOSGrpJobsLimit QOSGrpMemLimit QOSGrpNodeLimit QOSGrpSubmitJobsLimit
QOSGrpWallLimit QOSMaxCpuPerJobLimit QOSMaxCpuMinutesPerJobLimit QOSMaxNodePerJobLimit QOSMaxWallDurationPerJobLimit QOSMaxCpuPerUserLimit QOSMaxJobsPerUserLimit
QOSMaxNodePerUserLimit QOSMaxSubmitJobPerUserLimit QOSMinCpuNotSatisfied AssocGrpCpuLimit AssocGrpCPUMinutesLimit AssocGrpCPURunMinutesLimit AssocGrpJobsLimit
AssocGrpMemLimit AssocGrpNodeLimit AssocGrpSubmitJobsLimit AssocGrpWallLimit AssocMaxJobsLimit AssocMaxCpuPerJobLimit AssocMaxCpuMinutesPerJobLimit
AssocMaxNodePerJobLimit AssocMaxWallDurationPerJobLimit AssocMaxSubmitJobLimit AssocGrpUnknown AssocGrpUnknownMinutes AssocGrpUnknownRunMinutes AssocMaxUnknownPerJob
AssocMaxUnknownPerNode AssocMaxUnknownMinutesPerJob AssocMaxCpuPerNode AssocGrpMemMinutes AssocGrpMemRunMinutes AssocMaxMemPerJob AssocMaxMemPerNode
AssocMaxMemMinutesPerJob AssocGrpNodeMinutes AssocGrpNodeRunMinutes AssocMaxNodeMinutesPerJob AssocGrpEnergy AssocGrpEnergyMinutes AssocGrpEnergyRunMinutes
AssocMaxEnergyPerJob AssocMaxEnergyPerNode AssocMaxEnergyMinutesPerJob AssocGrpGRES AssocGrpGRESMinutes AssocGrpGRESRunMinutes AssocMaxGRESPerJob AssocMaxGRESPerNode
AssocMaxGRESMinutesPerJob AssocGrpLicense AssocGrpLicenseMinutes AssocGrpLicenseRunMinutes AssocMaxLicensePerJob AssocMaxLicenseMinutesPerJob AssocGrpBB
AssocGrpBBMinutes AssocGrpBBRunMinutes AssocMaxBBPerJob AssocMaxBBPerNode AssocMaxBBMinutesPerJob QOSGrpUnknown QOSGrpUnknownMinutes QOSGrpUnknownRunMinutes
QOSMaxUnknownPerJob QOSMaxUnknownPerNode QOSMaxUnknownPerUser QOSMaxUnknownMinutesPerJob QOSMinUnknown QOSMaxCpuPerNode QOSGrpMemoryMinutes QOSGrpMemoryRunMinutes
QOSMaxMemoryPerJob QOSMaxMemoryPerNode QOSMaxMemoryPerUser QOSMaxMemoryMinutesPerJob QOSMinMemory QOSGrpNodeMinutes QOSGrpNodeRunMinutes QOSMaxNodeMinutesPerJob
QOSMinNode QOSGrpEnergy QOSGrpEnergyMinutes QOSMaxEnergyPerJob QOSMinEnergy QOSGrpGRES QOSGrpGRESMinutes QOSGrpGRESRunMinutes QOSMaxGRESPerJob QOSMaxGRESPerNode
QOSMaxGRESPerUser QOSMaxGRESMinutesPerJob QOSMinGRES QOSGrpLicense QOSMaxLicensePerUser QOSMinLicense QOSGrpBB QOSMaxBBPerUser QOSMinBB MaxBBPerAccount
MaxCpuPerAccount MaxEnergyPerAccount MaxGRESPerAccount MaxNodePerAccount MaxLicensePerAccount MaxMemoryPerAccount MaxUnknownPerAccount MaxJobsPerAccount
MaxSubmitJobsPerAccount MaxMemPerLimit AssocGrpBilling AssocGrpBillingMinutes AssocGrpBillingRunMinutes AssocMaxBillingPerJob AssocMaxBillingMinutesPerJob
QOSGrpBilling QOSGrpBillingMinutes QOSMaxBillingPerUser QOSMaxBillingMinutesPerJob MaxBillingPerAccount QOSMinBilling MaxBBRunMinsPerAccount
MaxCpuRunMinsPerAccount MaxGRESRunMinsPerAccount MaxMemoryRunMinsPerUser MaxCpuRunMinsPerUser MaxGRESRunMinsPerUser MaxNodeRunMinsPerUser`.split(
    /\s+/,
  );

describe('a limit that Slurm names', () => {
  it.each(NAMES)('%s has a sentence with its name, and a next step', (name) => {
    const limit = forPrograms(policyLimit(name)) as { reason: string } | null;
    expect(limit).toMatchObject({
      name,
      reason: expect.stringMatching(/^[a-z].* \(\w+\)\.$/) as string,
      hint: expect.stringMatching(/^[A-Z].*\.$/) as string,
    });
    expect(limit?.reason).toContain(`(${name})`);
    expect(limit?.reason).not.toMatch(/undefined| {2}/);
  });

  it.each([
    [
      'AssocMaxSubmitJobLimit',
      'your account may have no more jobs submitted at a time, running and waiting together (AssocMaxSubmitJobLimit).',
    ],
    [
      'QOSMaxSubmitJobPerUserLimit',
      'one user may have no more jobs submitted at a time under this QOS, running and waiting together (QOSMaxSubmitJobPerUserLimit).',
    ],
    [
      'MaxSubmitJobsPerAccount',
      'one account may have no more jobs submitted at a time under this QOS, running and waiting together (MaxSubmitJobsPerAccount).',
    ],
    [
      'QOSMaxJobsPerUserLimit',
      'one user may have no more jobs running at a time under this QOS (QOSMaxJobsPerUserLimit).',
    ],
    ['QOSMaxWallDurationPerJobLimit', 'its time limit is longer than the QOS allows (QOSMaxWallDurationPerJobLimit).'],
    [
      'QOSMaxCpuPerUserLimit',
      'together with other jobs it would have more CPUs than the QOS allows one user (QOSMaxCpuPerUserLimit).',
    ],
    ['AssocGrpCPUMinutesLimit', 'your account has not that many CPU minutes left (AssocGrpCPUMinutesLimit).'],
    [
      'AssocGrpGRES',
      'together with other jobs it would have more GPUs or other generic resources than your account allows (AssocGrpGRES).',
    ],
    ['AssocMaxNodePerJobLimit', 'it asks for more nodes than your account allows one job (AssocMaxNodePerJobLimit).'],
    ['QOSMinCpuNotSatisfied', 'it asks for fewer CPUs than the QOS requires (QOSMinCpuNotSatisfied).'],
    ['QOSMinMemory', 'it asks for less memory than the QOS requires (QOSMinMemory).'],
    ['MaxMemPerLimit', 'it asks for more memory for each CPU or node than the partition allows (MaxMemPerLimit).'],
  ])('%s: %s', (name, reason) => {
    expect(forPrograms(policyLimit(name))).toMatchObject({ reason });
  });

  it('is found in a line, and not in words that only look alike', () => {
    expect(policyLimitIn('sbatch: error: AssocGrpNodeLimit')?.name).toBe('AssocGrpNodeLimit');
    for (const text of ['Maximum', 'QOSMaxFunPerJob', 'Minutes', 'constructor', 'AssocMax', 'toString'])
      expect(policyLimitIn(text)).toBeNull();
  });
});
