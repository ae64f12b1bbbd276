import { z } from 'zod';
import { ClusterModules } from '../../../shared/domain/cluster.ts';
import type { ClusterId, FileHandleId } from '../../../shared/domain/ids.ts';
import { ImageSummary } from '../../../shared/domain/image.ts';
import type { ImportNote } from '../../../shared/domain/templateStudio.ts';
import { formatBytes } from '../../../shared/lib/bytes.ts';
import { AppError } from '../../../shared/errors/appError.ts';
import type { HandlersOf } from '../core.ts';
import { decodeStrictly } from '../files/decodeText.ts';
import { readBounded } from '../files/readBounded.ts';
import type { FileDeskService } from '../files/fileDesk.ts';
import type { Clock, DocumentRepository } from '../ports.ts';
import type { ClusterSessions } from '../services.ts';
import { editTemplateText } from './editText.ts';
import { fitReport, type KnownCluster } from './fit.ts';
import { editsOfFix } from './fitFix.ts';
import { acceptOffer } from './import/acceptOffer.ts';
import type { SourceFile } from './import/importedTemplate.ts';
import { importTemplate } from './import/importTemplate.ts';
import type { TemplateLibraryService } from './library.ts';
import { parseTemplate } from './parseTemplate.ts';

interface Parts {
  readonly library: Pick<TemplateLibraryService, 'get' | 'ready' | 'prepare'>;
  readonly files: Pick<FileDeskService, 'describe' | 'path'>;
  readonly sessions: Pick<ClusterSessions, 'profiles' | 'knownFacts'>;
  readonly documents: Pick<DocumentRepository, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Operations that bring templates in from elsewhere, and hold them against clusters. */
export type ImportOperation = 'templates.import' | 'templates.importFiles' | 'templates.acceptOffer' | 'templates.fit' | 'templates.applyFix';

/** A script of two megabytes is no script. */
const MAX_IMPORT_BYTES = 2_000_000;

const KnownImages = z.object({ images: z.array(ImageSummary) });

export function importHandlers({ library, files, sessions, documents, clock }: Parts): Pick<HandlersOf<'templates'>, ImportOperation> {
  const known = (clusterId: ClusterId): KnownCluster => ({
    clusterId,
    facts: sessions.knownFacts(clusterId),
    modules: ClusterModules.safeParse(documents.get('clusterModules', clusterId)).data ?? null,
    images: KnownImages.safeParse(documents.get('images', clusterId)).data?.images ?? null,
  });

  return {
    'templates.import': ({ files: given }) => importTemplate(given),

    'templates.importFiles': async ({ files: handles }) => {
      const { texts, notes } = await readTexts(files, handles);
      if (texts.length === 0) throw new AppError('FILE_UNREADABLE', { details: { name: notes[0]?.file ?? '', reason: notes[0]?.reason ?? 'it is gone' } });
      const report = importTemplate(texts);
      return { ...report, notes: [...report.notes, ...notes] };
    },

    'templates.acceptOffer': ({ text, offer }) => acceptOffer(text, offer),

    'templates.fit': async ({ id, source, parameters }) => {
      await library.ready;
      await library.prepare(id, source);
      const { template } = library.get(id, source);
      return sessions.profiles().map((profile) => fitReport(template, parameters, known(profile.id), clock.now()));
    },

    'templates.applyFix': ({ text, fix }) => {
      const edits = editsOfFix(text, fix);
      if (edits.length === 0) throw new AppError('INPUT_INVALID', { details: { reason: `the template has no place “${fix.field}”` }, hint: 'Check the template anew.' });
      const edited = editTemplateText(text, edits);
      return { text: edited, ...parseTemplate(edited, 'template.yaml') };
    },
  };
}

/** The texts of handed-over files; what is no text, or too large for one, is named in a note. */
async function readTexts(files: Parts['files'], handles: readonly FileHandleId[]): Promise<{ texts: SourceFile[]; notes: ImportNote[] }> {
  const texts: SourceFile[] = [];
  const notes: ImportNote[] = [];
  for (const { handle, name, size } of await files.describe(handles)) {
    const leave = (reason: string): void => void notes.push({ kind: 'unsupported', what: name, file: name, line: null, reason });
    if (size > MAX_IMPORT_BYTES) {
      leave(`It is larger than ${formatBytes(MAX_IMPORT_BYTES)}, so it is not looked at.`);
      continue;
    }
    const { bytes, truncated } = await readBounded(files.path(handle), MAX_IMPORT_BYTES).catch((error: unknown) => {
      throw new AppError('FILE_UNREADABLE', { details: { name, reason: String((error as NodeJS.ErrnoException).code ?? error) }, cause: error });
    });
    const text = truncated ? null : decodeStrictly(bytes);
    if (text === null) leave('It is not text in UTF-8, so it is not looked at.');
    else texts.push({ name, text });
  }
  return { texts, notes };
}
