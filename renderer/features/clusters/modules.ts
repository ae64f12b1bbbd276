import type { ClusterModule } from '../../../shared/domain/cluster/profile.ts';

/** Modules whose name, or a version of which, holds every word of the query; those whose name begins with it come first. */
export function findModules(modules: readonly ClusterModule[], query: string): readonly ClusterModule[] {
  const wanted = query.trim().toLowerCase();
  if (wanted === '') return modules;
  const words = wanted.split(/[\s/]+/).filter((word) => word !== '');
  const found = modules.filter(({ name, versions }) => {
    const text = `${name} ${versions.join(' ')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const begins = ({ name }: ClusterModule): boolean => name.toLowerCase().startsWith(words[0] ?? '');
  return [...found.filter(begins), ...found.filter((module) => !begins(module))];
}
