import type { FileHandleId } from '../../../shared/domain/ids.ts';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import type { FilesInUse } from '../core.ts';
import type { FileHandleRepository } from '../ports.ts';

/** Local paths that drafts name, and those that runs still have to send: once Slurm has a job, its inputs lie on the cluster. */
export function filesInUse(
  handles: FileHandleRepository,
  drafts: readonly Draft[],
  unsent: readonly FileHandleId[],
): FilesInUse {
  const paths = (ids: readonly FileHandleId[]): Set<string> =>
    new Set(ids.flatMap((id) => handles.get(id)?.path ?? []));
  return {
    drafts: paths(drafts.flatMap((draft) => draft.files.map(({ handle }) => handle))),
    runs: paths(unsent),
  };
}
