/** `--constraint`: names joined by `&` and `|`, without the brackets and counts that sbatch knows besides. */
import type { DemoNode } from './site.ts';

/** The alternatives, each a list of features that a node must all have; null when it is not understood. */
export function parseConstraint(text: string): string[][] | null {
  const alternatives = text.split('|').map((part) => part.split(/[&,]/).map((name) => name.trim()));
  return alternatives.flat().every((name) => /^[\w.-]+$/.test(name)) ? alternatives : null;
}

export const hasFeatures = (node: DemoNode, constraint: string | null): boolean =>
  constraint === null ||
  (parseConstraint(constraint) ?? []).some((all) => all.every((name) => node.features.includes(name)));
