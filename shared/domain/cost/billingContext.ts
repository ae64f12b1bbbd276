/** Who pays for a job and under which rules it comes: its association, its QOS, and the QOS of its partition. */
import type { Association, ClusterFacts, JobLimits, Partition, Qos } from '../cluster/facts.ts';
import type { SlurmRequest } from '../request/schema.ts';

export interface BillingContext {
  /** The account that is charged: the one asked for, else the default one. `null`: not known. */
  readonly account: string | null;
  readonly association: Association | null;
  /** The QOS of the job: the one asked for, else the association's default. `null`: not known. */
  readonly qos: string | null;
  /** Its rules; `null` where the cluster does not tell. */
  readonly qosRules: Qos | null;
  /** The QOS that the partition puts over every job of it. */
  readonly partitionQos: Qos | null;
}

/** Limits and who puts them. */
export interface LimitSource {
  readonly scope: 'qos' | 'account' | 'partition';
  /** The QOS, the account or the partition. */
  readonly name: string;
  readonly limits: JobLimits;
}

/** The association of an account for a partition: the one that names the partition goes before the one for all. */
function associationOf(
  associations: readonly Association[],
  account: string,
  partition: string | null,
): Association | null {
  let general: Association | null = null;
  for (const association of associations) {
    if (association.account !== account) continue;
    if (partition !== null && association.partition === partition) return association;
    if (association.partition === null) general ??= association;
  }
  return general;
}

/** The account that a job is charged to when it names none; `null` where that is not known. */
export function defaultAccountOf(facts: ClusterFacts): string | null {
  const associations = facts.associations ?? [];
  const [first] = associations;
  return (
    (
      associations.find(({ isDefault }) => isDefault) ??
      (associations.every(({ account }) => account === first?.account) ? first : undefined)
    )?.account ?? null
  );
}

/** The accounts that can be charged for jobs in a partition, or in any. */
export function accountsFor(facts: ClusterFacts, partition: string | null): string[] {
  const usable = (facts.associations ?? []).filter(
    (association) => association.partition === null || partition === null || association.partition === partition,
  );
  return [...new Set(usable.map(({ account }) => account))];
}

/** The QOS of one's accounts, or of one of them, whatever a partition takes. */
export function qosOfAccounts(facts: ClusterFacts, account: string | null, partition: string | null): string[] {
  const usable = (facts.associations ?? []).filter(
    (each) =>
      (account === null || each.account === account) &&
      (each.partition === null || partition === null || each.partition === partition),
  );
  return [...new Set(usable.flatMap(({ qos }) => qos))];
}

/** The QOS that may be asked for, with one account or any, in one partition or any. */
export function usableQos(facts: ClusterFacts, account: string | null, partition: string | null): string[] {
  const place = partition === null ? undefined : facts.partitions.find(({ name }) => name === partition);
  const isTaken = (qos: string): boolean =>
    place === undefined || (place.allowQos === null ? !place.denyQos.includes(qos) : place.allowQos.includes(qos));
  const all = qosOfAccounts(facts, account, partition);
  const taken = all.filter(isTaken);
  // none at all: what the partition says is the problem, and it is said there
  return taken.length > 0 ? taken : all;
}

/** What a job is charged to, and under which rules it comes, in one partition. Source: sbatch(1), --account and --qos. */
export function billingContextOf(
  request: SlurmRequest,
  facts: ClusterFacts,
  partition: Partition | null,
): BillingContext {
  const rules = (name: string | null): Qos | null =>
    name === null ? null : (facts.qos?.find((qos) => qos.name === name) ?? null);
  const account = request.account ?? defaultAccountOf(facts);
  const association =
    account === null ? null : associationOf(facts.associations ?? [], account, partition?.name ?? null);
  const only = association?.qos.length === 1 ? (association.qos[0] ?? null) : null;
  const qos = request.qos ?? association?.defaultQos ?? only;
  return { account, association, qos, qosRules: rules(qos), partitionQos: rules(partition?.qos ?? null) };
}

const hasFlag = (qos: Qos | null, flag: string): boolean =>
  qos?.flags.some((each) => each.toLowerCase() === flag.toLowerCase()) ?? false;

/**
 * The limits of a job in the order in which they hold: where several put the same one, the first does. The partition's QOS goes
 * before the job's, unless that has OverPartQOS. Source: resource_limits.html, "Hierarchy".
 */
export function limitSources(billing: BillingContext, partition: Partition | null): LimitSource[] {
  const ofPartition: LimitSource[] =
    billing.partitionQos === null || partition === null
      ? []
      : [{ scope: 'partition', name: partition.name, limits: billing.partitionQos.limits }];
  const ofQos: LimitSource[] =
    billing.qosRules === null ? [] : [{ scope: 'qos', name: billing.qosRules.name, limits: billing.qosRules.limits }];
  const ofAccount: LimitSource[] =
    billing.association === null
      ? []
      : [{ scope: 'account', name: billing.association.account, limits: billing.association.limits }];
  return [
    ...(hasFlag(billing.qosRules, 'OverPartQOS') ? [...ofQos, ...ofPartition] : [...ofPartition, ...ofQos]),
    ...ofAccount,
  ];
}

/** Whether what no limit can ever let run is refused at once; otherwise it is accepted and waits for ever. Source: sacctmgr(1), DenyOnLimit. */
export function deniesOnLimit({ qosRules, partitionQos }: BillingContext): boolean {
  return hasFlag(qosRules, 'DenyOnLimit') || hasFlag(partitionQos, 'DenyOnLimit');
}

/** Whether the QOS lets a job go over a limit of its partition. Source: sacctmgr(1), flags of a QOS. */
export function mayExceed(
  { qosRules }: BillingContext,
  limit: 'PartitionTimeLimit' | 'PartitionMaxNodes' | 'PartitionMinNodes',
): boolean {
  return hasFlag(qosRules, limit);
}

/** What of the accounting the cluster enforces. What it does not tell is taken as enforced. Source: slurm.conf(5), AccountingStorageEnforce. */
export function enforcementOf({ accountingEnforce }: ClusterFacts): { accounts: boolean; limits: boolean } {
  const said = new Set(accountingEnforce.map((word) => word.toLowerCase()));
  const any = (...words: string[]): boolean => words.some((word) => said.has(word));
  return {
    accounts: said.size === 0 || any('associations', 'limits', 'safe', 'qos', 'wckeys', 'all', '1', '2'),
    limits: said.size === 0 || any('limits', 'safe', 'all', '2'),
  };
}
