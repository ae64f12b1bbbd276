import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, test } from '../fixtures.ts';
import { Shell } from '../pages/Shell.ts';

test.describe('the session of a browser tab @browser-only', () => {
  test('outlives a reload; another tab says what to do, and takes another link', async ({ slipway }) => {
    const page = await slipway.open();
    await new Shell(page).isReady();
    const home = new URL(page.url());
    expect(home.search).toBe('');
    await page.reload();
    await new Shell(page).isReady();

    const byHand = await page.context().newPage();
    await byHand.goto(home.origin);
    await expect(byHand.getByRole('heading')).toHaveText('This tab was not opened by a link');
    await expect(byHand.getByText('the newest link that it printed')).toBeVisible();
    await byHand.goto(slipway.nextLink());
    await new Shell(byHand).isReady();
    // the first tab goes on beside it
    await page.reload();
    await new Shell(page).isReady();
  });

  test('is of no use to another port of this computer, which is shown its cookie', async ({ slipway }) => {
    const page = await slipway.open();
    await new Shell(page).isReady();
    const { origin } = new URL(page.url());
    const cookies: string[] = [];
    const neighbour = createServer((request, response) => {
      cookies.push(request.headers.cookie ?? '');
      response.end('<p>neighbour</p>');
    });
    neighbour.listen(0, '127.0.0.1');
    await once(neighbour, 'listening');
    try {
      const visited = await page.context().newPage();
      await visited.goto(`http://127.0.0.1:${String((neighbour.address() as AddressInfo).port)}/`);
      const shown = cookies.find((cookie) => cookie.includes('slipway_'));
      expect(shown).toBeDefined();
      const stolen = await fetch(`${origin}/api/app.info`, {
        method: 'POST',
        headers: { Cookie: shown ?? '', 'Content-Type': 'application/json' },
        body: '{}',
      });
      expect(stolen.status).toBe(401);
      const fromPage = await visited.evaluate(
        async (address) =>
          fetch(`${address}/api/app.info`, {
            method: 'POST',
            credentials: 'include',
            mode: 'no-cors',
            body: '{}',
          }).then(
            ({ type }) => type,
            () => 'failed',
          ),
        origin,
      );
      expect(['opaque', 'failed']).toContain(fromPage);
    } finally {
      neighbour.close();
    }
  });
});
