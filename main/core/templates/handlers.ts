import type { HandlersOf } from '../core.ts';
import type { TemplateLibraryService } from './library.ts';
import { parseTemplate } from './parseTemplate.ts';

export function templateHandlers(library: TemplateLibraryService): HandlersOf<'templates'> {
  return {
    'templates.list': async () => {
      await library.ready;
      return library.list();
    },
    'templates.get': async ({ id, source }) => {
      await library.ready;
      return library.get(id, source);
    },
    'templates.validate': ({ text, fileName }) => {
      const { template, problems } = parseTemplate(text, fileName);
      return { ok: template !== null, template, problems };
    },
  };
}
