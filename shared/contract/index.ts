import type { z } from 'zod';
import type { WireError } from '../errors/appError.ts';
import { clusterEvents, clusterOperations } from './clusters.ts';
import { fileEvents, fileOperations } from './files.ts';
import { imageEvents, imageOperations } from './images.ts';
import { jobEvents, jobOperations } from './jobs.ts';
import { programEvents, programOperations } from './program.ts';
import { scriptEvents, scriptOperations } from './scripts.ts';
import { templateEvents, templateOperations } from './templates.ts';

/** Everything Slipway can be asked, once. Dispatch, preload, client, HTTP API and command line are derived from it. */
export const operations = {
  ...programOperations,
  ...clusterOperations,
  ...templateOperations,
  ...imageOperations,
  ...fileOperations,
  ...scriptOperations,
  ...jobOperations,
} as const;

/** Everything Slipway tells without being asked. */
export const events = {
  ...programEvents,
  ...clusterEvents,
  ...templateEvents,
  ...imageEvents,
  ...fileEvents,
  ...scriptEvents,
  ...jobEvents,
} as const;

export type OperationName = keyof typeof operations;
/** What a caller sends: fields with defaults may be left out. */
export type InputOf<N extends OperationName> = z.input<(typeof operations)[N]['input']>;
/** What a handler receives: parsed, defaults filled in. */
export type ParsedInputOf<N extends OperationName> = z.output<(typeof operations)[N]['input']>;
export type OutputOf<N extends OperationName> = z.output<(typeof operations)[N]['output']>;

export type EventName = keyof typeof events;
export type EventOf<N extends EventName> = z.output<(typeof events)[N]>;
/** One event with its name, as it travels. */
export type AnyEvent = { [N in EventName]: { name: N; payload: EventOf<N> } }[EventName];

/** How every reply travels. */
export type Envelope<T> =
  { ok: true; value: T; requestId: string } | { ok: false; error: WireError; requestId: string };
