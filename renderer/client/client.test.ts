import { expect, it } from 'vitest';
import { createClient } from './client.ts';
import type { LinkState, Transport } from './transport.ts';

/** A link that the test opens and closes. */
function link(): { transport: Transport; tell: (state: LinkState) => void } {
  let tell: (state: LinkState) => void = () => undefined;
  const transport: Transport = {
    host: 'http',
    invoke: () => Promise.reject(new Error('not in this test')),
    grant: () => Promise.reject(new Error('not in this test')),
    subscribe: (_onEvent, onLink) => {
      tell = onLink;
      return () => undefined;
    },
  };
  return { transport, tell: (state) => tell(state) };
}

it('asks again when the link opens for the first time, since what happened before was told to nobody, and after each loss', () => {
  const { transport, tell } = link();
  const client = createClient(transport);
  const heard: string[] = [];
  client.onLink((state) => heard.push(state));
  client.onResync(() => heard.push('ask again'));
  tell('up');
  tell('up');
  tell('down');
  tell('up');
  expect(heard).toEqual(['up', 'ask again', 'down', 'up', 'ask again']);
});
