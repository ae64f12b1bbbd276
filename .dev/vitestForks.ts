import path from 'node:path';

/**
 * What Node has compiled is kept and found again by the next process and thread. Each connection is a thread and each kill in the tests a
 * process: reading their TypeScript anew took more than half of what they cost.
 */
process.env['NODE_COMPILE_CACHE'] ??= path.join(import.meta.dirname, '..', 'node_modules', '.cache', 'compiled');

/** How every suite starts its processes. */
export const FORKS = {
  pool: 'forks',
  // Node strips types with WebAssembly, in each worker thread by itself; V8 aborts now and then when a second thread of a process
  // makes the faster wrapper of the same import (ThreadIsolation::UnregisterWasmAllocation). What is built has nothing to strip.
  execArgv: ['--wasm-wrapper-tiering-budget=2147483647'],
} as const;
