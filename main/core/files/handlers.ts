import { message } from '../../../shared/messages/message.ts';
import type { DraftFile } from '../../../shared/domain/job/draft.ts';
import { matchFiles } from '../../../shared/domain/template/fileSlots.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import type { HandlersOf } from '../core.ts';
import type { LocalFiles, TemplateLibrary } from '../services.ts';

interface FileHandlerDependencies {
  readonly localFiles: LocalFiles;
  readonly library: TemplateLibrary;
}

export function fileHandlers({ localFiles, library }: FileHandlerDependencies): HandlersOf<'files'> {
  return {
    'files.describe': ({ handles }) => localFiles.describe(handles),

    'files.match': async ({ templateId, templateSource, files, added }, { signal }) => {
      await library.ready;
      const { template } = library.get(templateId, templateSource);
      const known = new Set(files.map((file) => file.handle));
      const fresh = (await localFiles.describe(added.filter((handle) => !known.has(handle)))).map(
        ({ handle, name, size }): DraftFile => ({ handle, name, size, slot: null }),
      );
      const slots = new Set(template.files.map((slot) => slot.name));
      // a draft may be older than the template: slots that are gone hold nothing
      const kept = files.map((file) => (file.slot !== null && !slots.has(file.slot) ? { ...file, slot: null } : file));
      const matched = matchFiles(template.files, [...kept, ...fresh]);
      const problems = await localFiles.check(template, matched, Infinity, signal);
      return { files: matched, problems: [...problems, ...extraFiles(matched)] };
    },

    'files.preview': ({ handle, maxBytes }) => localFiles.preview(handle, maxBytes),

    'files.samples': async ({ templateId, templateSource }) => {
      await library.ready;
      return Promise.all(library.samples(templateId, templateSource).map((file) => localFiles.grant(file)));
    },
  };
}

function extraFiles(files: readonly DraftFile[]): Problem[] {
  return files
    .filter((file) => file.slot === null)
    .map((file) =>
      problem({
        rule: 'file-extra',
        code: ERRORS.FILE_INVALID.code,
        severity: 'info',
        message: message('files.fitsNoSlot', { file: file.name }),
      }),
    );
}
