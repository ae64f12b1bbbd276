import { createClient, type Client } from './client.ts';
import { electronTransport } from './electronTransport.ts';
import { httpTransport } from './httpTransport.ts';
import { ownTabKey } from './tabKey.ts';

export type { Client, HostCapabilities } from './client.ts';
export type { LinkState } from './transport.ts';

/** The one client of this page. */
export const client: Client = createClient(
  window.slipway
    ? electronTransport(window.slipway)
    : httpTransport(window.location.origin, ownTabKey(), () => window.location.replace('/no-session')),
);
