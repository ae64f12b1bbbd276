import type { ClusterModule } from '../../../shared/domain/cluster/profile.ts';
import type { Choice } from '../../ui/index.ts';

/** A site has thousands; a list is for those that fit what is typed. */
const MOST = 100;

/** `gcc`, `gcc/12.2` … that begin with or hold the last word typed; the words before it stay. */
export function moduleChoices(modules: readonly ClusterModule[], typed: string): Choice[] {
  const at = typed.lastIndexOf(' ') + 1;
  const word = typed.slice(at).toLowerCase();
  const names = modules.flatMap(({ name, versions }) => [name, ...versions.map((version) => `${name}/${version}`)]);
  const isWhole = names.some((name) => name.toLowerCase() === word);
  const found = names.filter((name) => isWhole || name.toLowerCase().includes(word));
  const rank = (name: string): number => Number(!name.toLowerCase().startsWith(word));
  return found
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST)
    .map((name) => ({ id: typed.slice(0, at) + name, label: typed.slice(0, at) + name }));
}
