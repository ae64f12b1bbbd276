import { expect, test } from 'vitest';
import { runSideBySide } from './sideBySide.mjs';

/** Runs stages of one turn each; tells who ran beside whom, in the order of their starts, and what was skipped. */
async function told(stages, places, failing = []) {
  const beside = [];
  const skipped = [];
  const running = new Set();
  await runSideBySide(
    stages,
    places,
    async ({ name, turns = 1 }) => {
      running.add(name);
      beside.push([...running].join('+'));
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      running.delete(name);
      return !failing.includes(name);
    },
    ({ name }, because) => skipped.push(`${name}: ${because}`),
  );
  return { beside, skipped };
}

test('as many stages run beside each other as there are places, in their order', async () => {
  const stages = [{ name: 'a', turns: 2 }, { name: 'b' }, { name: 'c' }];
  expect((await told(stages, 2)).beside).toEqual(['a', 'a+b', 'a+c']);
  expect((await told(stages, 1)).beside).toEqual(['a', 'b', 'c']);
});

test('stages that hold the same thing do not run at once, and others go before them meanwhile', async () => {
  const stages = [{ name: 'a', holds: 'cluster', turns: 2 }, { name: 'b', holds: 'cluster' }, { name: 'c' }];
  expect((await told(stages, 3)).beside).toEqual(['a', 'a+c', 'b']);
});

test('a stage waits for what it comes after, and is skipped when that failed, as is what comes after it', async () => {
  const stages = [{ name: 'a', turns: 2 }, { name: 'b', after: ['a'] }, { name: 'c', after: ['b'] }, { name: 'd' }];
  expect(await told(stages, 3)).toEqual({ beside: ['a', 'a+d', 'b', 'c'], skipped: [] });
  expect(await told(stages, 3, ['a'])).toEqual({ beside: ['a', 'a+d'], skipped: ['b: a', 'c: b'] });
});

test('a stage that is asked for alone does not wait for one that is not', async () => {
  expect((await told([{ name: 'b', after: ['a'] }], 3)).beside).toEqual(['b']);
});
