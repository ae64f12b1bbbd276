import type { OperationName } from '../../../../shared/contract/index.ts';
import { MAX_FIELD, MAX_LINE, MAX_TEXT } from '../../../../shared/domain/bounds/limits.ts';
import { PIECES } from './hostileValues.ts';
import { OWN_TEMPLATES } from './ownTemplates.ts';

const filled = (piece: string, length: number): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
const FORM = OWN_TEMPLATES['own-form'] ?? '';
const draft = (changes: Record<string, unknown>): unknown => ({
  clusterId: 'demo',
  templateId: 'own-form',
  templateSource: 'private',
  jobName: 'a-job',
  parameters: {},
  resources: {},
  imagePath: null,
  files: [],
  ...changes,
});

/** Every place that takes a long text, filled to its bound with one piece over and over; texts of a template also as its end. */
const PLACES: readonly ((piece: string) => readonly [OperationName, unknown])[] = [
  ...[
    (piece: string) => filled(piece, MAX_TEXT),
    (piece: string) => FORM + filled(piece, MAX_TEXT - FORM.length),
  ].flatMap((text) => [
    (piece: string) => ['templates.validate', { text: text(piece) }] as const,
    (piece: string) =>
      [
        'templates.edit',
        {
          text: text(piece),
          edits: [
            { kind: 'set', path: ['template', 'author'], value: 'x' },
            { kind: 'insert', path: ['parameters'], at: 0, value: { name: 'x' } },
          ],
        },
      ] as const,
    (piece: string) => ['templates.tryScript', { text: text(piece), parameters: { title: 'x' } }] as const,
    (piece: string) => ['templates.tryFiles', { text: text(piece), files: [] }] as const,
    (piece: string) => ['templates.advise', { text: text(piece), line: 1, column: MAX_TEXT }] as const,
    (piece: string) => ['templates.advise', { text: text(piece), line: MAX_TEXT, column: 1 }] as const,
    (piece: string) =>
      ['templates.save', { source: 'private', text: text(piece), broken: true, id: 'own-made-0' }] as const,
    (piece: string) =>
      [
        'templates.acceptOffer',
        { text: text(piece), offer: { name: 'x', label: 'x', value: 'x', line: 3, where: 'script' } },
      ] as const,
    (piece: string) =>
      ['templates.applyFix', { text: text(piece), fix: { label: 'x', field: 'resources.mem', value: '1G' } }] as const,
  ]),
  ...['script.sbatch', 'form.yml', 'manifest.yml', 'template.yaml'].map(
    (name) => (piece: string) =>
      [
        'templates.import',
        {
          files: [
            { name, text: filled(piece, MAX_TEXT) },
            { name: 'a.sh', text: '#SBATCH -n 1\n' },
          ],
        },
      ] as const,
  ),
  (piece) => [
    'templates.import',
    { files: [{ name: 'script.sbatch', text: `#!/bin/bash\n#SBATCH ${filled(piece, MAX_TEXT - 30)}\n` }] },
  ],
  (piece) => [
    'templates.edit',
    { text: FORM, edits: [{ kind: 'set', path: ['template', 'description'], value: filled(piece, MAX_TEXT - 1000) }] },
  ],
  (piece) => [
    'templates.applyFix',
    { text: FORM, fix: { label: 'x', field: 'resources.mem', value: filled(piece, MAX_FIELD) } },
  ],
  (piece) => ['templates.keepUnsaved', { key: 'key-1', text: filled(piece, MAX_TEXT) }],
  (piece) => ['templates.search', { query: filled(piece, 1000) }],
  (piece) => [
    'scripts.preview',
    { draft: draft({ edits: [{ file: null, base: filled(piece, MAX_TEXT), mine: filled(`${piece}x`, MAX_TEXT) }] }) },
  ],
  (piece) => [
    'scripts.preview',
    { draft: draft({ edits: [{ file: 'input.in', base: 'title none\nhours 1\n', mine: filled(piece, MAX_TEXT) }] }) },
  ],
  (piece) => [
    'scripts.preview',
    {
      draft: draft({
        parameters: {
          title: filled(piece, MAX_FIELD),
          folder: filled(piece, MAX_FIELD),
          room: filled(piece, MAX_FIELD),
          wait: filled(piece, MAX_FIELD),
        },
      }),
    },
  ],
  (piece) => [
    'scripts.preview',
    {
      draft: draft({
        jobName: filled(piece, 255),
        resources: Object.fromEntries(
          ['time', 'mem', 'array', 'gres', 'dependency', 'nodes', 'constraint', 'comment', 'nodelist', 'licenses'].map(
            (name) => [name, filled(piece, MAX_LINE)],
          ),
        ),
      }),
    },
  ],
  (piece) => [
    'jobs.submit',
    {
      draft: draft({
        templateId: 'own-quick',
        parameters: { title: filled(piece, MAX_FIELD) },
        resources: { comment: filled(piece, MAX_LINE) },
      }),
    },
  ],
  (piece) => ['jobs.list', { filter: { text: filled(piece, MAX_LINE) } }],
  (piece) => ['log.query', { text: filled(piece, MAX_LINE) }],
  (piece) => ['ui.set', { key: 'key-1', value: filled(piece, MAX_TEXT) }],
];

/** As many calls as are asked for, spread over all places and pieces; all of them at most. */
export function* longTextCalls(most: number): Generator<readonly [OperationName, unknown]> {
  const all = PLACES.flatMap((place) => PIECES.map((piece) => [place, piece] as const));
  // the step shares no factor with the number of pieces, so that each place meets other pieces
  const step = Math.max(1, Math.floor(all.length / most)) | 1;
  for (const [at, [place, piece]] of all.entries()) if (at % step === 0) yield place(piece);
}
