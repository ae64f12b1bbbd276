import { MAX_TEXT, MAX_TEXTS } from '../../../../shared/domain/bounds/limits.ts';
import { ClusterModules } from '../../../../shared/domain/cluster/profile.ts';
import type { ClusterId, FileHandleId } from '../../../../shared/domain/ids.ts';
import type { ImportNote } from '../../../../shared/domain/template/studio.ts';
import { formatBytes } from '../../../../shared/lib/bytes.ts';
import { AppError } from '../../../../shared/errors/appError.ts';
import { message, type Message } from '../../../../shared/messages/message.ts';
import { reasonMessage } from '../../../../shared/errors/reasonMessage.ts';
import type { HandlersOf } from '../../core.ts';
import { decodeStrictly } from '../../text/decodeText.ts';
import { readBounded } from '../../../disk/readBounded.ts';
import type { Clock, DocumentRepository } from '../../ports.ts';
import type { ClusterSessions, ImageRegistry, LocalFiles } from '../../services.ts';
import { fitReport, type KnownCluster } from '../check/fit.ts';
import type { SourceFile } from './importedTemplate.ts';
import type { TemplateLibraryService } from '../library/library.ts';
import type { TemplateWork } from '../library/workThread.ts';

interface ImportHandlerDependencies {
  readonly library: Pick<TemplateLibraryService, 'get' | 'ready' | 'prepare'>;
  readonly work: Pick<TemplateWork, 'do'>;
  readonly files: Pick<LocalFiles, 'describe' | 'path'>;
  readonly sessions: Pick<ClusterSessions, 'profiles' | 'knownFacts'>;
  readonly images: Pick<ImageRegistry, 'all'>;
  readonly documents: Pick<DocumentRepository, 'get'>;
  readonly clock: Pick<Clock, 'now'>;
}

/** Operations that bring templates in from elsewhere, and hold them against clusters. */
export type ImportOperation =
  'templates.import' | 'templates.importFiles' | 'templates.acceptOffer' | 'templates.fit' | 'templates.applyFix';

export function importHandlers({
  library,
  work,
  files,
  sessions,
  images,
  documents,
  clock,
}: ImportHandlerDependencies): Pick<HandlersOf<'templates'>, ImportOperation> {
  const known = async (clusterId: ClusterId): Promise<KnownCluster> => ({
    clusterId,
    facts: sessions.knownFacts(clusterId),
    modules: ClusterModules.safeParse(documents.get('clusterModules', clusterId)).data ?? null,
    images: await images.all(clusterId),
  });

  return {
    'templates.import': (input) => work.do('import', input),

    'templates.importFiles': async ({ files: handles }) => {
      const { texts, notes } = await readTexts(files, handles);
      if (texts.length === 0)
        throw new AppError('FILE_UNREADABLE', {
          details: { name: notes[0]?.file ?? '', reason: notes[0]?.reason ?? message('library.gone') },
        });
      const report = await work.do('import', { files: texts });
      return { ...report, notes: [...report.notes, ...notes] };
    },

    'templates.acceptOffer': (input) => work.do('acceptOffer', input),

    'templates.fit': async ({ id, source, parameters }) => {
      await library.ready;
      await library.prepare(id, source);
      const { template } = library.get(id, source);
      const clusters = await Promise.all(sessions.profiles().map(({ id }) => known(id)));
      return clusters.map((cluster) => fitReport(template, parameters, cluster, clock.now()));
    },

    'templates.applyFix': (input) => work.do('applyFix', input),
  };
}

/** The texts of handed-over files; what is no text, or too large for one, is named in a note. */
async function readTexts(
  files: ImportHandlerDependencies['files'],
  handles: readonly FileHandleId[],
): Promise<{ texts: SourceFile[]; notes: ImportNote[] }> {
  const texts: SourceFile[] = [];
  const notes: ImportNote[] = [];
  let total = 0;
  for (const { handle, name, size } of await files.describe(handles)) {
    const leave = (reason: Message): void =>
      void notes.push({ kind: 'unsupported', what: name, file: name, line: null, reason });
    if (size > MAX_TEXT || total + size > MAX_TEXTS) {
      leave(
        size > MAX_TEXT
          ? message('imports.file.larger', { most: formatBytes(MAX_TEXT) })
          : message('imports.file.together', { most: formatBytes(MAX_TEXTS) }),
      );
      continue;
    }
    total += size;
    const { bytes, truncated } = await readBounded(files.path(handle), MAX_TEXT).catch((error: unknown) => {
      throw new AppError('FILE_UNREADABLE', {
        details: { name, reason: reasonMessage(error) },
        cause: error,
      });
    });
    const text = truncated ? null : decodeStrictly(bytes);
    if (text === null) leave(message('imports.file.notText'));
    else texts.push({ name, text });
  }
  return { texts, notes };
}
