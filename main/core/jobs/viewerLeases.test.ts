import { describe, expect, it } from 'vitest';
import { RunId } from '../../../shared/domain/ids.ts';
import { VirtualClock } from '../testing/virtualClock.ts';
import { ViewerLeases } from './viewerLeases.ts';

const [A, B] = ['r00000000000a', 'r00000000000b'].map((id) => RunId.parse(id)) as [RunId, RunId];

function windows(): { clock: VirtualClock; watchers: ViewerLeases; changes: () => number } {
  const clock = new VirtualClock();
  let changes = 0;
  return {
    clock,
    watchers: new ViewerLeases(clock, new AbortController().signal, () => (changes += 1)),
    changes: () => changes,
  };
}

describe('what windows show', () => {
  it('is what each of them said last, together', () => {
    const { watchers } = windows();
    watchers.renew('one', [A], true);
    watchers.renew('two', [B], true);
    expect([...watchers.seen().onScreen].sort()).toEqual([A, B]);
    watchers.renew('one', [], true);
    expect(watchers.seen()).toEqual({ onScreen: new Set([B]), inView: true });
  });

  it('is nothing once the last of them is out of view', () => {
    const { watchers } = windows();
    watchers.renew('one', [A], true);
    watchers.renew('one', [A], false);
    expect(watchers.seen()).toEqual({ onScreen: new Set(), inView: false });
  });

  it('is forgotten after 90 s without a word, and whoever plans by it hears so', async () => {
    const { clock, watchers, changes } = windows();
    watchers.renew('one', [A], true);
    await clock.advance(60_000);
    watchers.renew('one', [A], true);
    const before = changes();
    await clock.advance(89_000);
    expect(watchers.seen().inView).toBe(true);
    await clock.advance(2000);
    expect(watchers.seen()).toEqual({ onScreen: new Set(), inView: false });
    expect(changes()).toBe(before + 1);
    expect(clock.nextWake).toBeNull();
  });

  it('stays bounded, whatever calls itself a window', () => {
    const { watchers } = windows();
    for (let i = 0; i < 1000; i += 1) watchers.renew(`window ${String(i)}`, [A], true);
    watchers.renew('last', [B], true);
    expect(watchers.seen().onScreen.has(B)).toBe(true);
  });
});
