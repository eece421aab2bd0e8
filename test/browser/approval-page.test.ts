import { createRequire } from 'node:module';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { serve } from '@hono/node-server';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approvalKey } from '../../core/approval/approval.ts';
import { createPageApi } from '../../functions/approval/page-api.ts';
import { codeIn, type Inbox, openInbox } from '../harness/inbox.ts';
import { API_URL, openDesk } from '../harness/approvers.ts';
import { chromiumPath, howToGetChromium } from '../harness/chromium.ts';
import { startWorld, type World } from '../harness/door.ts';
import { type Held, holdOrder } from '../harness/votes.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const pictures = join(import.meta.dirname, '../../docs/screenshots');

describe.skipIf(!chromiumPath)(
  `the approval page in Chromium${chromiumPath ? '' : ` (${howToGetChromium})`}`,
  () => {
    let world: World;
    let server: Server;
    let browser: Browser;
    let url: string;
    let inbox: Inbox;
    beforeAll(async () => {
      world = await startWorld();
      const page: { api?: ReturnType<typeof createPageApi> } = {};
      const fetch = (request: Request) =>
        (new URL(request.url).pathname.startsWith('/inbox') ? inbox.api : page.api)?.fetch(request) ??
        new Response();
      server = serve({ fetch, port: 0 }) as Server;
      await new Promise((listens) => server.once('listening', listens));
      const address = server.address();
      url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
      const { registry, log, now } = world.deps;
      page.api = createPageApi({ registry, log, now, releases: world.releases, apiUrl: url });
      inbox = openInbox(world, { apiUrl: url });
      const args = ['--no-sandbox', '--disable-background-networking'];
      browser = await chromium.launch({ executablePath: chromiumPath ?? '', args });
    }, 60_000);
    afterAll(async () => {
      await browser?.close();
      server?.close();
      await world?.stop();
    });

    const asked = async (total?: string) => {
      const held = await holdOrder(world, total);
      const links = [...(await openDesk(world).ask(held)).values()];
      return { held, links: links.map((link) => link.replace(API_URL, url)) };
    };
    const approvalOf = async ({ approval }: Held) =>
      (await world.deps.registry.load([approvalKey(approval)]))[0];
    /** Tab until the button has the focus, as somebody without a pointer does. */
    const tabTo = async (page: Page, name: string) => {
      for (let n = 0; n < 40; n += 1) {
        await page.keyboard.press('Tab');
        const focused = page.locator(':focus');
        if ((await focused.count()) > 0 && (await focused.textContent())?.trim() === name) return;
        if ((await focused.getAttribute('id').catch(() => null)) === name) return;
      }
      throw new Error(`no way to ${name} by keyboard`);
    };

    /** What axe finds wrong with the page as it is. */
    const barriersOn = async (page: Page): Promise<unknown> => {
      await page.addScriptTag({ path: axe });
      return page.evaluate(
        'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]))',
      );
    };

    it('decides nothing when fifty links are opened and scripts run in them', async () => {
      const all: Held[] = [];
      const links: string[] = [];
      while (links.length < 50) {
        const { held, links: more } = await asked();
        all.push(held);
        links.push(...more);
      }
      const page = await browser.newPage();
      for (const link of links) {
        await page.goto(link);
        await page.evaluate('document.querySelectorAll("a, summary").forEach((each) => each.click())');
      }
      await page.close();
      for (const held of all) expect(await approvalOf(held)).toMatchObject({ status: 'pending', votes: [] });
    });

    it('takes a decision by keyboard alone on a phone of 320 pixels, without sideways scrolling', async () => {
      const { held, links } = await asked();
      const page = await browser.newPage({ viewport: { width: 320, height: 640 } });
      await page.goto(links[0] ?? '');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
      if (process.env['UPDATE_DOCS']) await page.screenshot({ path: join(pictures, 'approval-phone.png') });
      await tabTo(page, 'Approve');
      await page.keyboard.press('Enter');
      await page.getByText('Approved.').waitFor();
      expect(await approvalOf(held)).toMatchObject({ status: 'approved', votes: [{ decision: 'approve' }] });
      await page.close();
    });

    it('takes a no with its reason by keyboard, and without script', async () => {
      const { held, links } = await asked();
      const context = await browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      await page.goto(links[0] ?? '');
      await tabTo(page, 'reason');
      await page.keyboard.type('too dear');
      await tabTo(page, 'Deny');
      await page.keyboard.press('Enter');
      await page.getByText('Denied.').waitFor();
      expect(await approvalOf(held)).toMatchObject({ status: 'denied', votes: [{ reason: 'too dear' }] });
      await context.close();
    });

    it.each(['light', 'dark'] as const)('bars nobody, as far as axe can tell (%s)', async (colorScheme) => {
      const { links } = await asked();
      const context = await browser.newContext({
        colorScheme,
        bypassCSP: true,
        viewport: { width: 800, height: 900 },
      });
      const page = await context.newPage();
      await page.goto(links[0] ?? '');
      expect(await barriersOn(page)).toEqual([]);
      if (process.env['UPDATE_DOCS'])
        await page.screenshot({ path: join(pictures, `approval-${colorScheme}.png`), fullPage: true });
      await context.close();
    });

    it('bars nobody from the inbox on a phone: sign-in, code, list and request, light and dark', async () => {
      const { held } = await asked('2000.00');
      await asked('20000.00');
      const context = await browser.newContext({ bypassCSP: true, viewport: { width: 320, height: 640 } });
      const page = await context.newPage();
      const look = async (name: string) => {
        const wide: unknown = await page.evaluate('document.documentElement.scrollWidth');
        const schemes = [];
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          schemes.push(await barriersOn(page));
          if (process.env['UPDATE_DOCS'] && name === 'list')
            await page.screenshot({ path: join(pictures, `inbox-${colorScheme}.png`) });
        }
        expect({ name, wide, schemes }).toEqual({ name, wide: 320, schemes: [[], []] });
      };
      await page.goto(`${url}/inbox`);
      await look('sign-in');
      await page.getByLabel('Your e-mail address').fill('ada@example.com');
      await page.keyboard.press('Enter');
      await page.getByLabel('The code in the mail').waitFor();
      await look('code');
      await page.getByLabel('The code in the mail').fill(codeIn(inbox.mails.at(-1)));
      await page.keyboard.press('Enter');
      await page.getByText('decisions wait for you').first().waitFor();
      await look('list');
      await page.locator(`a[href="/inbox/approvals/${held.approval}"]`).click();
      await page.getByRole('button', { name: 'Approve' }).waitFor();
      await look('request');
      expect(await approvalOf(held)).toMatchObject({ status: 'pending', votes: [] });
      await context.close();
    });
  },
);
