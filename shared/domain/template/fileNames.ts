/** Names and patterns of files that come from elsewhere: what of them may become a path. The one place where `..` and its like are judged. */
import { expandBraces, matchGlob } from '../../lib/glob.ts';

/** Names that Windows keeps for devices, alone or before any ending. Source: Microsoft, "Naming Files, Paths, and Namespaces". */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?:$|[. ])/i;

/** File systems allow 255, and an ending must still fit. */
const MAX_NAME_BYTES = 240;

/** True for one name of a file or folder that means the same on every system: no path, no device, nothing that Windows cuts off or refuses. */
export function isPortableName(name: string): boolean {
  return (
    name !== '' &&
    new TextEncoder().encode(name).length <= MAX_NAME_BYTES &&
    !/[\\/:*?"<>|\p{C}\p{Zl}\p{Zp}\uFFFD]|[. ]$/u.test(name) &&
    !DEVICE.test(name)
  );
}

/** The same name where it is portable, else one near it that is. */
export function portableName(name: string): string {
  if (isPortableName(name)) return name;
  const cleaned = name
    .replaceAll(/[\\/:*?"<>|\p{C}\p{Zl}\p{Zp}\uFFFD]+/gu, '-')
    .slice(0, 70)
    .replace(/[. \uD800-\uDBFF]+$/, '');
  return isPortableName(cleaned) ? cleaned : `template-${cleaned}`;
}

/** `expandBraces` makes no more; what it leaves out could not be looked at. */
const MAX_ALTERNATIVES = 64;

/**
 * True for a pattern of paths that stays within the folder that it is looked for in, whichever alternative of its braces is taken: no
 * whole path, no `..` (nor `.*` as a folder, which shells take for it too), no `\`, no `~` at the beginning.
 */
export function staysWithin(pattern: string): boolean {
  if (alternativesOf(pattern) > MAX_ALTERNATIVES || /[\\\p{Cc}\p{Cs}]/u.test(pattern)) return false;
  return expandBraces(pattern).every(
    (path) =>
      !/^$|^[/~]|^[A-Za-z]:/.test(path) &&
      !path.split('/').some((step) => step.startsWith('.') && matchGlob(step, '..')),
  );
}

/** How many patterns the braces stand for, or more where some do not close. */
function alternativesOf(pattern: string): number {
  const open: { sum: number; product: number }[] = [];
  let here = { sum: 0, product: 1 };
  const close = (): void => {
    const total = here.sum + here.product;
    here = open.pop() ?? { sum: 0, product: 1 };
    here.product *= total;
  };
  for (const c of pattern) {
    if (c === '{') {
      open.push(here);
      here = { sum: 0, product: 1 };
    } else if (c === ',' && open.length > 0) here = { sum: here.sum + here.product, product: 1 };
    else if (c === '}' && open.length > 0) close();
  }
  while (open.length > 0) close();
  return here.product;
}
