const STORED = 'slipway-tab';

/**
 * The key of this tab: the half of the session that no other port of this computer is sent. The page that a one-time link opens brings
 * it along; it is kept for reloads in this tab's own storage. `none` in a tab that was opened otherwise: the host then refuses every call.
 */
export function ownTabKey(): string {
  const brought = document.querySelector('meta[name=slipway-tab]')?.getAttribute('content');
  if (brought) {
    sessionStorage.setItem(STORED, brought);
    // the link is used up: a reload asks for the page itself
    history.replaceState(null, '', `/${location.hash}`);
  }
  return sessionStorage.getItem(STORED) ?? 'none';
}
