import { useSyncExternalStore } from 'react';

/** The screens of the window. */
export const PAGES = ['launch', 'jobs', 'templates', 'images', 'clusters', 'settings'] as const;
export type Page = (typeof PAGES)[number];

export interface Route {
  page: Page;
  /** What follows the page, decoded: `#/jobs/r123` → `['r123']`. */
  segments: readonly string[];
}

/** Reads a location hash. What is not known is the launch screen. */
export function parseRoute(hash: string): Route {
  const [first = '', ...rest] = hash.replace(/^#?\/?/, '').split('/');
  const page = PAGES.find((known) => known === first) ?? 'launch';
  return { page, segments: rest.filter((part) => part !== '').map(decodeSegment) };
}

function decodeSegment(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function routeHref(page: Page, ...segments: readonly string[]): string {
  return `#/${[page, ...segments.map(encodeURIComponent)].join('/')}`;
}

/** Goes to a screen. `replace` keeps the history short where only a selection within the screen changed. */
export function navigate(page: Page, segments: readonly string[] = [], options: { replace?: boolean } = {}): void {
  const href = routeHref(page, ...segments);
  if (window.location.hash === href) return;
  if (options.replace) {
    window.history.replaceState(null, '', href);
    window.dispatchEvent(new HashChangeEvent('hashchange'));
  } else {
    window.location.hash = href;
  }
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

let parsedHash = '';
let parsed: Route = parseRoute('');

function current(): Route {
  if (window.location.hash !== parsedHash) {
    parsedHash = window.location.hash;
    parsed = parseRoute(parsedHash);
  }
  return parsed;
}

export function useRoute(): Route {
  return useSyncExternalStore(subscribe, current);
}
