import { TemplateId } from '../../../shared/domain/ids.ts';
import { plainLine } from '../../../shared/lib/plain.ts';

const LONGEST = 300;
const SCHEME = /^slipway:/i;

export type Link =
  { readonly kind: 'template'; readonly id: TemplateId } | { readonly kind: 'refused'; readonly sentence: string };

/**
 * What a link asks for. Any page on the web can hold one, so that it may show something and never do anything: there is one form,
 * `slipway://template/<id>`, which shows a template of the library. Nothing is decoded: an id needs no escapes.
 */
export function parseLink(text: string): Link {
  if (text.length > LONGEST)
    return { kind: 'refused', sentence: 'A link for Slipway was not opened: it is too long to name a template.' };
  const [, place = '', rest = ''] = /^slipway:\/\/([a-z]+)\/([^/]+)\/?$/i.exec(text) ?? [];
  const id = TemplateId.safeParse(rest);
  if (place.toLowerCase() === 'template' && id.success) return { kind: 'template', id: id.data };
  const shown = plainLine(text.slice(0, 80));
  return {
    kind: 'refused',
    sentence: `This link is none that Slipway opens: ${shown}${text.length > 80 ? '…' : ''}\nLinks show a template: slipway://template/ and its id.`,
  };
}

/** The link among a program's arguments, as Windows and Linux hand it over; null when there is none. */
export function linkAmong(argv: readonly string[]): string | null {
  return argv.slice(1).find((argument) => SCHEME.test(argument)) ?? null;
}

/** The arguments that the person gave: what stands behind a link, or behind `--`, may have been written by a page. */
export function ownArguments(argv: readonly string[]): string[] {
  const end = argv.findIndex((argument, index) => index > 0 && (argument === '--' || SCHEME.test(argument)));
  return end === -1 ? [...argv] : argv.slice(0, end);
}

/** The newest link that the system handed over, kept until somebody opens it: macOS tells of it before the app is ready. */
export class LinkInbox {
  #waiting: string | null = null;
  #open: ((link: string) => void) | null = null;

  add(link: string): void {
    if (this.#open === null) this.#waiting = link;
    else this.#open(link);
  }

  /** From here on links go to `open`, first the one that waits. */
  openWith(open: (link: string) => void): void {
    this.#open = open;
    const waiting = this.#waiting;
    this.#waiting = null;
    if (waiting !== null) open(waiting);
  }
}
