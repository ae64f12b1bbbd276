import { identityOf } from '../../../shared/domain/image/identity.ts';
import { digestToVerify, imageName, judgeImage } from '../../../shared/domain/image/rule.ts';
import type { KnownImage } from '../../../shared/domain/image/checks.ts';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import type { ImageRule, Template } from '../../../shared/domain/template/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { message, type Message } from '../../../shared/messages/message.ts';
import { bashValue } from './bashValue.ts';
import type { ExpectedImage } from './containerSection.ts';
import { readBind } from './imageBinds.ts';
import { imageStart, type ImageStart } from './imageStart.ts';
import type { ScriptText } from './scriptText.ts';

/** The image that a script is made with: null where there is none, or one that cannot be used. */
export interface ChosenImage {
  readonly path: string;
  readonly start: ImageStart;
  readonly expected: ExpectedImage | null;
}

/**
 * The variables of a run's image. Lines that start it themselves (`apptainer exec "$APPTAINER_IMAGE" …`) are used as they are; others are
 * wrapped, see wrapImage.ts. Both are given
 * - `APPTAINER_IMAGE`, the absolute path of the chosen image;
 * - `APPTAINER_BIND`, which Apptainer itself reads: the template's `bind:` after whatever the site has set already;
 * - `IMAGE_APP`, the app that was chosen, else the template's `app:`, for `apptainer run --app "$IMAGE_APP"`. Not `APPTAINER_APP`, which Apptainer would read too and
 *   then refuse every image that has no SCIF app of that name, while `app: python` in templates in use often is but a note.
 */
export function writeImage(
  script: ScriptText,
  template: Pick<Template, 'image' | 'script'>,
  draft: Pick<Draft, 'imagePath' | 'imageApp'>,
  partition: string | null,
  known: KnownImage | null,
): { chosen: ChosenImage | null; problems: Problem[] } {
  const { image: rule } = template;
  const path = draft.imagePath;
  if (path === null && rule.mode === 'none') return { chosen: null, problems: [] };
  const problems = checkImage(rule, path, partition, known);
  const app = cleanApp(draft.imageApp === undefined ? rule.app : draft.imageApp);
  const isUsable = path !== null && !problems.some(({ severity }) => severity === 'error');
  if (isUsable) script.add(`export APPTAINER_IMAGE=${bashValue(path)}`, 'image');
  const binds = rule.bind.filter((bind) => readBind(bind) !== null);
  if (binds.length > 0)
    script.add(`export APPTAINER_BIND="\${APPTAINER_BIND:+$APPTAINER_BIND,}"${bashValue(binds.join(','))}`);
  for (const bind of rule.bind.filter((candidate) => readBind(candidate) === null)) {
    problems.push(
      found(
        'error',
        'bind-invalid',
        'TEMPLATE_INVALID',
        message('scripts.bindInvalid', { bind }),
        message('scripts.bindForm'),
      ),
    );
  }
  if (app !== null) script.add(`export IMAGE_APP=${bashValue(app)}`, 'imageApp');
  if (!isUsable) return { chosen: null, problems };
  const start = imageStart(template, path, app, known?.apps ?? []);
  const { expected, problems: ofExpected } = expectedImage(rule, path, known);
  return {
    chosen: { path, start, expected },
    problems: [...problems, ...sayStart(start, path), ...ofExpected],
  };
}

/** What the job is to compare of its image, as the template asks for it. */
function expectedImage(
  rule: ImageRule,
  path: string,
  known: KnownImage | null,
): { expected: ExpectedImage | null; problems: Problem[] } {
  const image = known ?? imageAt(path);
  const asked = digestToVerify(rule, image);
  if (asked !== null) return { expected: { kind: 'digest', digest: asked }, problems: [] };
  if (rule.verify === undefined) return { expected: null, problems: [] };
  if (rule.verify === 'digest' && image.digest != null)
    return { expected: { kind: 'digest', digest: image.digest }, problems: [] };
  const identity = image.kind === 'sandbox' ? null : identityOf(image);
  if (rule.verify === 'identity' && identity !== null)
    return { expected: { kind: 'identity', ...identity }, problems: [] };
  const unknown = message('imageRule.unverifiable', { image: image.name });
  return {
    expected: null,
    problems: [
      found('warning', 'image-unverifiable', 'IMAGE_REQUIRED', unknown, message('imageRule.unverifiableHint')),
    ],
  };
}

/** What a path says of an image. */
function imageAt(path: string): KnownImage {
  const name = imageName(path);
  return { name, folder: path.slice(0, -name.length - 1) };
}

const cleanApp = (app: string | null): string | null => (app === null || app === '' || app.includes('\0') ? null : app);

export const found = (
  severity: Problem['severity'],
  rule: string,
  code: keyof typeof ERRORS,
  what: Message,
  hint: Message | null = { id: `errors.${code}.hint`, values: {} },
): Problem => problem({ rule, code: ERRORS[code].code, severity, message: what, hint, field: 'image' });

/** Which of the ways into the image a script takes: said at the image, where the person can still choose another. */
function sayStart(start: ImageStart, path: string): Problem[] {
  const image = imageName(path);
  const say = (what: Message, hint: Message | null): Problem[] => [
    found('info', 'image-wrapped', 'IMAGE_REQUIRED', what, hint),
  ];
  const other = message('scripts.nameImage');
  switch (start.kind) {
    case 'own':
    case 'none':
      return [];
    case 'script':
      return say(message('scripts.wrappedScript', { image, program: start.interpreter }), other);
    case 'run':
      return say(message('scripts.wrappedRun', { image }), other);
    case 'app':
      return say(
        start.isScif
          ? message('scripts.wrappedScifApp', { image, app: start.app })
          : message('scripts.wrappedApp', { image, app: start.app }),
        other,
      );
  }
}

function checkImage(
  rule: ImageRule,
  path: string | null,
  partition: string | null,
  known: KnownImage | null,
): Problem[] {
  if (path === null) {
    const [only, ...others] = rule.allowedImages;
    const hint = only !== undefined && others.length === 0 ? message('scripts.madeFor', { image: only }) : undefined;
    return [found('error', 'image-required', 'IMAGE_REQUIRED', message('errors.IMAGE_REQUIRED'), hint)];
  }
  if (!/^\/[^\p{Cc}]+$/u.test(path)) {
    return [found('error', 'image-path', 'IMAGE_NOT_FOUND', message('scripts.imagePathWhole'))];
  }
  const name = imageName(path);
  const verdict = judgeImage(rule, known ?? imageAt(path), partition);
  switch (verdict.kind) {
    case 'fits':
      return [];
    case 'unsure':
      return [
        found(
          'info',
          'image-unsure',
          'IMAGE_NOT_ALLOWED',
          message('imageRule.near', { image: name, reason: verdict.reason }),
          null,
        ),
      ];
    case 'out':
      return [
        found(
          'error',
          'image-not-allowed',
          'IMAGE_NOT_ALLOWED',
          message('scripts.imageNotAllowed', { image: name, reason: verdict.reason }),
          rule.allowedImages.length === 0
            ? undefined
            : message('scripts.imagesAllowed', { images: rule.allowedImages.join(', ') }),
        ),
      ];
  }
}
