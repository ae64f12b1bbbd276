import type { Template } from './schema.ts';

/** All parts of a template's script that are there. */
export const scriptTexts = ({ script }: Pick<Template, 'script'>): string[] =>
  Object.values(script).filter((text) => text !== undefined);
