import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { slowOver } from '../../shared/lib/testing/hostileText.ts';
import { pairsOf } from './fields.ts';
import { tasksIn } from './clusterUsage.ts';
import { gpusOfNode } from '../../shared/domain/request/gres.ts';
import { nodeGroupsOf } from './nodeGroups.ts';
import { partitionsOf } from './partitions.ts';
import { programsOf } from './programsOf.ts';
import { NO_READERS, READERS, row, SHARED_READERS } from './testing/readers.ts';

describe('what a cluster answers', () => {
  it.each(Object.entries({ ...READERS, ...SHARED_READERS }))(
    'is read by %s in a time that grows with its length only',
    (_, [read, ...around]) => {
      expect(slowOver(read, around)).toEqual([]);
    },
    120_000,
  );

  it('is read by nothing that is not held to that here', async () => {
    const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    const modules = await Promise.all(
      files.map(
        async (file) =>
          (await import(/* @vite-ignore */ path.join(import.meta.dirname, file))) as Record<string, unknown>,
      ),
    );
    const functions = modules.flatMap((module) =>
      Object.entries(module).flatMap(([name, value]) => (typeof value === 'function' ? [name] : [])),
    );
    expect(
      functions.filter((name) => !(name in READERS) && !NO_READERS.has(name)),
      'readers without an entry in testing/readers.ts',
    ).toEqual([]);
    expect(
      [...Object.keys(READERS), ...NO_READERS].filter((name) => !functions.includes(name)),
      'entries without a function',
    ).toEqual([]);
  });

  it('is no more of a number, a list or a range than there can be', () => {
    expect(tasksIn('1-4000000000')).toBe(1);
    expect(tasksIn('0-999999999')).toBe(1_000_000_000);
    expect(gpusOfNode('gpu:a:99999999999').get('a:99999999999')).toBe(1);
    expect(nodeGroupsOf(row(10, 0).join('n[1-999999999]'))).toHaveLength(1);
    expect([...pairsOf('Nodes=n[1-999999999] NodeCnt=5')]).toEqual([
      ['Nodes', 'n[1-999999999]'],
      ['NodeCnt', '5'],
    ]);
  });

  it('goes through the nodes of a partition once, however often it is told', () => {
    expect(
      slowOver((text) =>
        partitionsOf(
          'PartitionName=1\n'.repeat(text.length / 32),
          nodeGroupsOf(`${row(10, 0).join('1')}\n`.repeat(text.length / 32)),
        ),
      ),
    ).toEqual([]);
  });

  it('ends the look for programs at substitutions that nobody writes', () => {
    expect(programsOf(`squeue; ${'$('.repeat(100_000)}sacct`)).toEqual(['squeue']);
    expect(programsOf(`squeue; ${'$('.repeat(50)}sacct${')'.repeat(50)}; sinfo`)).toEqual(['squeue', 'sacct', 'sinfo']);
  });
});
