import { describe, expect, it } from 'vitest';
import { parseRoute, routeHref } from './route.ts';

describe('the address of a screen', () => {
  it('is Launch when it says nothing that is known', () => {
    for (const hash of ['', '#', '#/', '#/nowhere', '#launch']) expect(parseRoute(hash).page).toBe('launch');
  });

  it('leads back to where it came from, whatever the names hold', () => {
    for (const segments of [[], ['r123'], ['log', 'a/b c%20d?#']]) {
      expect(parseRoute(routeHref('jobs', ...segments))).toEqual({ page: 'jobs', segments });
    }
  });

  it('survives an address that somebody cut', () => {
    expect(parseRoute('#/jobs/%E0%A4%A')).toEqual({ page: 'jobs', segments: ['%E0%A4%A'] });
  });
});
