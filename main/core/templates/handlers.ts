import type { HandlersOf } from '../core.ts';
import type { ConfigChecker } from '../services.ts';
import type { EditingOperation } from './edit/editingHandlers.ts';
import type { ImportOperation } from './import/importHandlers.ts';
import { withSchemaFaults } from './format/schemaFaults.ts';
import type { CommunitySync } from './share/communities.ts';
import type { TemplateLibraryService } from './library/library.ts';
import type { createPublish } from './share/publish.ts';
import type { TemplateWriter } from './library/templateWriter.ts';
import type { createUnsaved } from './edit/unsaved.ts';

interface TemplateHandlerDependencies {
  readonly library: TemplateLibraryService;
  readonly configs: Pick<ConfigChecker, 'schemaFault'>;
  readonly writer: TemplateWriter;
  readonly unsaved: ReturnType<typeof createUnsaved>;
  readonly communities: CommunitySync;
  readonly publish: ReturnType<typeof createPublish>;
}

export function templateHandlers({
  library,
  configs,
  writer,
  unsaved,
  communities,
  publish,
}: TemplateHandlerDependencies): Omit<HandlersOf<'templates'>, EditingOperation | ImportOperation> {
  return {
    'templates.list': async ({ archived }) => {
      await library.listable;
      return library.list(archived);
    },
    'templates.search': async ({ query, limit }) => {
      await library.listable;
      return library.search(query, limit);
    },
    'templates.get': async ({ id, source }) => {
      await library.ready;
      await library.prepare(id, source);
      return library.get(id, source);
    },
    'templates.text': async (ref) => {
      await library.ready;
      await library.prepare(ref.id, ref.source);
      return library.text(ref);
    },
    'templates.validate': async ({ text, fileName }, { signal }) => {
      const { template, problems } = await withSchemaFaults(
        await library.reader.parse(text, fileName),
        fileName,
        configs,
        signal,
      );
      return { ok: template !== null, template, problems };
    },
    'templates.save': async (input) => {
      await library.ready;
      return writer.save(input);
    },
    'templates.clone': async (input) => {
      await library.ready;
      return writer.clone(input);
    },
    'templates.archive': async (ref) => {
      await library.ready;
      writer.archive(ref);
      return {};
    },
    'templates.restore': async ({ id }) => {
      await library.ready;
      return writer.restore(id);
    },
    'templates.erase': async ({ id }) => {
      await library.ready;
      writer.erase(id);
      return {};
    },
    'templates.versions': (ref) => writer.versions(ref),
    'templates.version': ({ hash, ...ref }) => ({ text: writer.version(ref, hash) }),
    'templates.favourite': ({ favourite, ...ref }) => {
      library.setFavourite(ref, favourite);
      return {};
    },
    'templates.publish': async (input, { signal }) => {
      await library.ready;
      return publish(input, signal);
    },
    'templates.sync': (_, { signal }) => communities.syncAll(signal),
    'templates.scan': async (_, { signal }) => {
      const { failed } = await communities.syncAll(signal);
      await library.rescan();
      return { folders: library.folders(), failed };
    },
    'templates.folders': async () => {
      await library.listable;
      return library.folders();
    },
    'templates.unsaved': () => unsaved.list(),
    'templates.keepUnsaved': (input) => {
      unsaved.keep(input);
      return {};
    },
  };
}
