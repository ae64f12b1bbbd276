import { imageName, judgeImage } from '../../../shared/domain/image/rule.ts';
import type { Draft } from '../../../shared/domain/job/draft.ts';
import { problem, type Problem } from '../../../shared/domain/problem/schema.ts';
import type { ImageRule, Template } from '../../../shared/domain/template/schema.ts';
import { ERRORS } from '../../../shared/errors/codes.ts';
import { bashValue } from './bashValue.ts';
import type { ScriptText } from './scriptText.ts';
import { message, type Message } from '../../../shared/messages/message.ts';

/**
 * The image of a run. The template's own lines say what runs inside it (`apptainer exec "$APPTAINER_IMAGE" …`) and are used as they
 * are; they are given
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
): Problem[] {
  const { image: rule } = template;
  if (rule.mode === 'none') return [];
  const problems = checkImage(rule, draft.imagePath, partition);
  if (draft.imagePath !== null && problems.length === 0) {
    script.add(`export APPTAINER_IMAGE=${bashValue(draft.imagePath)}`, 'image');
    if (!Object.values(template.script).some((text) => text.includes('APPTAINER_IMAGE'))) {
      problems.push(
        found(
          'warning',
          'image-not-used',
          'IMAGE_REQUIRED',
          message('scripts.imageNotUsed'),
          message('scripts.nameImage'),
        ),
      );
    }
  }
  const binds = rule.bind.filter((bind) => isBind(bind));
  if (binds.length > 0)
    script.add(`export APPTAINER_BIND="\${APPTAINER_BIND:+$APPTAINER_BIND,}"${bashValue(binds.join(','))}`);
  for (const bind of rule.bind.filter((candidate) => !isBind(candidate))) {
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
  const app = draft.imageApp === undefined ? rule.app : draft.imageApp;
  if (app !== null && !app.includes('\0')) script.add(`export IMAGE_APP=${bashValue(app)}`, 'imageApp');
  return problems;
}

const found = (
  severity: Problem['severity'],
  rule: string,
  code: keyof typeof ERRORS,
  what: Message,
  hint: Message | null = { id: `errors.${code}.hint`, values: {} },
): Problem => problem({ rule, code: ERRORS[code].code, severity, message: what, hint, field: 'image' });

/** `source[:destination[:options]]`, several separated by commas: so none can stand in a path. Source: apptainer exec --bind. */
function isBind(bind: string): boolean {
  return /^\/[^,:\p{Cc}$]*(?::\/[^,:\p{Cc}$]*(?::[a-z]+)?)?$/u.test(bind);
}

function checkImage(rule: ImageRule, path: string | null, partition: string | null): Problem[] {
  if (path === null) {
    const [only, ...others] = rule.allowedImages;
    const hint = only !== undefined && others.length === 0 ? message('scripts.madeFor', { image: only }) : undefined;
    return [found('error', 'image-required', 'IMAGE_REQUIRED', message('errors.IMAGE_REQUIRED'), hint)];
  }
  if (!/^\/[^\p{Cc}]+$/u.test(path)) {
    return [found('error', 'image-path', 'IMAGE_NOT_FOUND', message('scripts.imagePathWhole'))];
  }
  const name = imageName(path);
  const verdict = judgeImage(rule, { name, folder: path.slice(0, -name.length - 1) }, partition);
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
