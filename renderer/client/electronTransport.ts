import type { Bridge } from '../../shared/contract/bridge.ts';
import { pageError } from './pageError.ts';
import type { Transport } from './transport.ts';

declare global {
  interface Window {
    /** Set by preload in Electron, and only there. */
    slipway?: Bridge;
  }
}

export function electronTransport(bridge: Bridge): Transport {
  let calls = 0;
  return {
    host: 'electron',
    async invoke(name, input, signal) {
      if (signal?.aborted) throw pageError('CANCELLED');
      calls += 1;
      const callId = `c${String(calls)}`;
      const cancel = (): void => bridge.cancel(callId);
      signal?.addEventListener('abort', cancel, { once: true });
      try {
        return await bridge.invoke(name, input, callId);
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
    grant: (file) => bridge.grant(file),
    choose: (what) => bridge.choose(what),
    subscribe: (onEvent) => bridge.subscribe(onEvent),
  };
}
