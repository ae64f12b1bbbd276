/** How every suite starts its processes. */
export const FORKS = {
  pool: 'forks',
  // Node strips types with WebAssembly, in each worker thread by itself; V8 aborts now and then when a second thread of a process
  // makes the faster wrapper of the same import (ThreadIsolation::UnregisterWasmAllocation). What is built has nothing to strip.
  execArgv: ['--wasm-wrapper-tiering-budget=2147483647'],
} as const;
