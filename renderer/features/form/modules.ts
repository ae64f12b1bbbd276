/** The software modules of a cluster, for fields that take their choices from them. */
import { useEffect } from 'react';
import { create } from 'zustand';
import type { ClusterModule } from '../../../shared/domain/cluster/profile.ts';
import type { ClusterId } from '../../../shared/domain/ids.ts';
import { client } from '../../client/index.ts';

const useLists = create<Readonly<Record<string, readonly ClusterModule[]>>>(() => ({}));
const NONE: readonly ClusterModule[] = [];

/** The modules of a cluster once it has told them; asked for where `wanted`, and again when it is connected. */
export function useModules(clusterId: ClusterId, wanted: boolean, isConnected: boolean): readonly ClusterModule[] {
  const modules = useLists((lists) => lists[clusterId]);
  useEffect(() => {
    if (!wanted || modules) return;
    client.call('clusters.modules', { clusterId }).then(
      (list) => useLists.setState({ [clusterId]: list.modules }),
      // the field says that nothing is known, and takes any text
      () => undefined,
    );
  }, [clusterId, wanted, isConnected, modules]);
  return modules ?? NONE;
}
