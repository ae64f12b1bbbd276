import { describe, expect, it } from 'vitest';
import { aroundFiles, FILE_OPERATION_NAMES, FILE_OPERATIONS, remoteFilesFrom, takenNames } from './remoteFiles.ts';

describe('the operations on files of a cluster', () => {
  it('are passed on with what they take, their options apart from signal and listener', async () => {
    const calls: unknown[] = [];
    const files = remoteFilesFrom((name, call) => {
      calls.push([name, call]);
      return Promise.resolve(undefined as never);
    });
    const { signal } = new AbortController();
    const onProgress = (): void => undefined;
    await files.makeFolder('/f', { mode: 0o700, signal });
    await files.read('/f', 1, 2);
    await files.upload('/local', '/remote', { onProgress });
    expect(calls).toEqual([
      ['makeFolder', { takes: ['/f'], options: { mode: 0o700 }, signal, onProgress: undefined }],
      ['read', { takes: ['/f', 1, 2], options: {}, signal: undefined, onProgress: undefined }],
      ['upload', { takes: ['/local', '/remote'], options: {}, signal: undefined, onProgress }],
    ]);
  });

  it('lose nothing of a call when something is done around them', async () => {
    const passed: unknown[][] = [];
    const around: string[] = [];
    const recorded = Object.fromEntries(
      FILE_OPERATION_NAMES.map((name) => [name, (...args: unknown[]) => Promise.resolve(passed.push([name, ...args]))]),
    ) as unknown as Parameters<typeof aroundFiles>[0];
    const files = aroundFiles(recorded, (name, work) => {
      around.push(name);
      return work();
    }) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const args = (name: (typeof FILE_OPERATION_NAMES)[number]): unknown[] => [
      ...FILE_OPERATIONS[name].takes.map((what: string) => `the ${what}`),
      { mode: 0o750 },
    ];
    for (const name of FILE_OPERATION_NAMES) await files[name]?.(...args(name));
    expect(around).toEqual(FILE_OPERATION_NAMES);
    expect(passed).toEqual(FILE_OPERATION_NAMES.map((name) => [name, ...args(name)]));
    expect(takenNames('read')).toEqual(['path', 'offset', 'length']);
  });
});
