import type { Qos } from '../../shared/domain/cluster/profile.ts';
import { numberOf, textOf } from './fields.ts';
import { jobLimitsOf } from './jobLimits.ts';
import { tableRows } from './tables.ts';

const FIELDS =
  'Name,Priority,Flags,UsageFactor,MaxWall,MaxTRES,MaxTRESPerNode,MinTRES,MaxTRESPU,MaxJobsPU,MaxSubmitPU,GrpTRES,GrpJobs,GrpSubmitJobs,GrpWall';
/** What every release of the last ten years knows: one unknown field fails the whole call. */
const OLD_FIELDS = 'Name,Priority,Flags,UsageFactor,MaxWall,GrpTRES,GrpJobs';

/** All QOS, with their limits. */
export const QOS_COMMAND = [
  `slipway_limit 10 sacctmgr -P show qos format=${FIELDS} && exit 0`,
  // a database that let the first call wait to its end would do the same to the second
  'slipway_qos=$?; [ "$slipway_qos" != 124 ] || exit 124',
  `slipway_limit 10 sacctmgr -P show qos format=${OLD_FIELDS}`,
].join('\n');

/** Rows of `QOS_COMMAND`. Never throws. */
export function qosOf(text: string): Qos[] {
  return tableRows(text, 'name').flatMap((row) => {
    const name = textOf(row.get('name'));
    if (name === null) return [];
    const factor = Number(row.get('usagefactor') || '1');
    return [
      {
        name,
        priority: numberOf(row.get('priority')) ?? 0,
        flags: (row.get('flags') ?? '').split(',').filter((flag) => flag !== ''),
        usageFactor: Number.isFinite(factor) ? factor : 1,
        limits: jobLimitsOf(row),
      },
    ];
  });
}
