import { describe, expect, it } from 'vitest';
import { ResourceScope } from './disposable.ts';

describe('a scope of resources', () => {
  it('closes what was opened once, newest first', async () => {
    const closed: string[] = [];
    const scope = new ResourceScope();
    scope.use({ dispose: () => void closed.push('socket') });
    scope.defer(() => void closed.push('timer'));
    await scope.dispose();
    await scope.dispose();
    expect(closed).toEqual(['timer', 'socket']);
    expect(scope.disposed).toBe(true);
  });

  it('goes on closing when one fails, and throws the first failure', async () => {
    const closed: string[] = [];
    const scope = new ResourceScope();
    scope.defer(() => void closed.push('first'));
    scope.defer(() => Promise.reject(new Error('second')));
    scope.defer(() => Promise.reject(new Error('third')));
    await expect(scope.dispose()).rejects.toThrow('third');
    expect(closed).toEqual(['first']);
  });

  it('refuses what is opened after it was disposed, and closes it', async () => {
    const closed: string[] = [];
    const scope = new ResourceScope();
    await scope.dispose();
    expect(() => scope.use({ dispose: () => void closed.push('late socket') })).toThrow('disposed');
    expect(() => scope.defer(() => void closed.push('late timer'))).toThrow('disposed');
    await Promise.resolve();
    await Promise.resolve();
    expect(closed).toEqual(['late socket', 'late timer']);
  });
});
