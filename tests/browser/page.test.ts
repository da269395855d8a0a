/**
 * The search page, driven by keys and clicks in a real browser against a real server with the demo data:
 *   1. Typing searches at each key, forgives a mistake, and highlights.
 *   2. Facets, ranges, order and pages narrow, sort and turn.
 *   3. Distances start at the chosen place, and the map shows the hits.
 *   4. The address holds the search; the back button goes back.
 *   5. It works at the width of a phone, in the dark, and by keyboard.
 *   6. While the server is away the page says so, and comes back by itself.
 *   7. Nothing is asked of any other machine, and nothing is reported to the console.
 */
import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadDemo } from '@skein/cli';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM_FLAGS, findChromium } from './chromium.ts';

const executablePath = findChromium(process.env);
const desktop = { width: 1280, height: 900 };
const phone = { width: 390, height: 844 };
/** Kept when SKEIN_SCREENSHOTS names a folder; a temporary folder otherwise. */
const screenshots = process.env['SKEIN_SCREENSHOTS'] ?? mkdtempSync(join(tmpdir(), 'skein-screenshots-'));

describe.skipIf(executablePath === undefined)(
  'the search page (skipped without Chromium: run tools/system-packages)',
  () => {
    let skein: RunningSkein;
    let browser: Browser;
    const trouble: string[] = [];

    beforeAll(async () => {
      mkdirSync(screenshots, { recursive: true });
      skein = await startSkein({ env: { SKEIN_DEMO: '0', SKEIN_QUERY_PROCESSES: '1' } });
      const { url, applicationId, adminKey } = skein;
      await loadDemo({ connection: { url, applicationId, apiKey: adminKey }, say: () => {} });
      browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_FLAGS });
    }, 180_000);
    afterAll(async () => {
      await browser?.close();
      await skein?.stop();
    });

    async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({ viewport: desktop, locale: 'en-US', ...options });
      const page = await context.newPage();
      page.on('request', (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (protocol !== 'data:' && hostname !== '127.0.0.1') trouble.push(`asked ${request.url()}`);
      });
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) trouble.push(`console: ${message.text()}`);
      });
      page.on('pageerror', (error) => trouble.push(`error: ${error.message}`));
      await page.goto(`${skein.url}${path}`);
      await page.locator('.card').first().waitFor();
      return page;
    }

    async function close(page: Page, name: string): Promise<void> {
      await page.screenshot({ path: join(screenshots, `${name}.png`) });
      await page.context().close();
      expect(trouble.splice(0)).toEqual([]);
    }

    const box = (page: Page) => page.getByRole('searchbox', { name: 'Search', exact: true }).first();
    const firstTitle = (page: Page) => page.locator('.card h3').first();
    const total = async (page: Page): Promise<number> =>
      Number((await page.locator('.summary strong').innerText()).replaceAll(',', ''));
    /** Waits until the number of hits is what the claim says. */
    const expectTotal = (page: Page, isRight: (count: number) => boolean) =>
      expect.poll(async () => isRight(await total(page)), { timeout: 10_000 }).toBe(true);

    test('1: typing searches at each key, forgives a mistake, and highlights', async () => {
      const page = await open('/');
      expect(await total(page)).toBe(3201);
      await box(page).pressSequentially('godfa', { delay: 20 });
      await expect.poll(() => firstTitle(page).innerText()).toContain('The Godfather');
      await expect
        .poll(() => page.locator('.card h3 .ais-Highlight-highlighted').first().innerText())
        .toBe('Godfa');
      await box(page).fill('shawshenk');
      await expect.poll(() => firstTitle(page).innerText()).toContain('The Shawshank Redemption');
      expect(await page.locator('.timing').innerText()).toMatch(/ms on the server · .* ms in all/);
      await close(page, '1-typing');
    });

    test('1: nothing found is said in words', async () => {
      const page = await open('/');
      await box(page).fill('qqqzzzxxx');
      await page.getByText('Nothing found for “qqqzzzxxx”').waitFor();
      await close(page, '1-nothing');
    });

    test('2: facets narrow, ranges narrow, clearing widens again', async () => {
      const page = await open('/');
      await page.getByRole('button', { name: 'Show more' }).first().click();
      await page.getByRole('checkbox', { name: /^Western/ }).check();
      await expectTotal(page, (count) => count > 0 && count < 100);
      const westerns = await total(page);
      expect(await page.locator('.card').first().innerText()).toContain('Western');
      const from = page.getByRole('slider', { name: 'Year, from' });
      await from.focus();
      for (let press = 0; press < 70; press++) await page.keyboard.press('ArrowRight');
      await expectTotal(page, (count) => count > 0 && count < westerns);
      expect(await from.getAttribute('aria-valuetext')).toBe('1985');
      await page.getByRole('button', { name: 'Clear filters' }).click();
      await expectTotal(page, (count) => count === 3201);
      expect(await from.getAttribute('aria-valuetext')).toBe('1915');
      await close(page, '2-facets');
    });

    test('2: the values of a facet can be searched', async () => {
      const page = await open('/');
      await page.getByPlaceholder('Find director …').fill('spielb');
      await page.getByRole('checkbox', { name: /Spielberg/ }).check();
      await expectTotal(page, (count) => count > 10 && count < 60);
      await close(page, '2-facet-search');
    });

    test('2: another order changes the hits and not their number', async () => {
      const page = await open('/?query=star');
      const before = await total(page);
      await page.getByLabel('Sort by').selectOption('oldest');
      await expect
        .poll(async () => {
          const years = (await page.locator('.card .year').allInnerTexts()).map(Number);
          return years.length > 3 && years.every((year, at) => at === 0 || years[at - 1]! <= year);
        })
        .toBe(true);
      expect(await total(page)).toBe(before);
      await close(page, '2-order');
    });

    test('2: pages turn', async () => {
      const page = await open('/');
      const first = await firstTitle(page).innerText();
      await page.getByRole('link', { name: 'Page 2', exact: true }).click();
      await expect.poll(() => firstTitle(page).innerText()).not.toBe(first);
      await expect.poll(() => page.url()).toContain('page=2');
      await close(page, '2-pages');
    });

    test('3: distances start at the chosen place, and the map shows the hits', async () => {
      const page = await open('/');
      await page.getByRole('link', { name: 'Cities' }).click();
      await expectTotal(page, (count) => count === 135_233);
      await page.getByLabel('Near').selectOption('paris');
      await expect.poll(() => firstTitle(page).innerText()).toBe('Paris');
      const away = (await page.locator('.card .facts').allInnerTexts()).map((text) =>
        Number(/· ([\d.]+) km/.exec(text)?.[1] ?? 0),
      );
      expect(away).toEqual(away.toSorted((a, b) => a - b));
      expect(await page.locator('.map .mark').count()).toBe(18);
      expect(await page.getByRole('img', { name: /^Map of 18 places: Paris/ }).count()).toBe(1);
      await close(page, '3-near-paris');
    });

    test('3: without a place, hits come from anywhere; pointing at one lights its mark on the map', async () => {
      const page = await open('/?index=cities');
      await box(page).fill('san');
      await expect.poll(() => firstTitle(page).innerText()).toMatch(/^San/);
      await page.locator('.card').first().hover();
      expect(await page.locator('.map .mark.is-lit').getAttribute('data-number')).toBe('1');
      await close(page, '3-cities');
    });

    test('4: the address holds the search; the back button goes back', async () => {
      const page = await open('/');
      await box(page).fill('star');
      await expect.poll(() => page.url()).toContain('query=star');
      await page.reload();
      await expect.poll(() => firstTitle(page).innerText()).toContain('Star');
      expect(await box(page).inputValue()).toBe('star');
      await page.getByRole('link', { name: 'Cities' }).click();
      await expectTotal(page, (count) => count > 100_000);
      await page.goBack();
      await expect.poll(() => firstTitle(page).innerText()).toContain('Star');
      await close(page, '4-address');
    });

    test('5: at the width of a phone nothing is cut off sideways, and filters unfold', async () => {
      const page = await open('/?query=star', { viewport: phone, hasTouch: true, isMobile: true });
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      expect(await page.getByRole('checkbox').first().isVisible()).toBe(false);
      await page.screenshot({ path: join(screenshots, '5-phone-closed.png') });
      await page.getByText('Filters', { exact: true }).tap();
      await page.getByRole('checkbox').first().check();
      await page.locator('.ais-CurrentRefinements-item').waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
      await close(page, '5-phone');
    });

    test('5: every control has a name, and the keyboard reaches search, filters and pages', async () => {
      const page = await open('/?index=cities');
      const nameless = await page.evaluate(`
      [...document.querySelectorAll('button, input, select, a[href]')].filter((each) => each.checkVisibility()).filter((each) =>
        !(each.getAttribute('aria-label') || each.labels?.[0]?.innerText || each.innerText || each.title || each.placeholder)).map((each) => each.outerHTML)`);
      expect(nameless).toEqual([]);
      await page.locator('body').click({ position: { x: 5, y: 5 } });
      await page.keyboard.press('/');
      expect(await page.evaluate('document.activeElement.className')).toContain('ais-SearchBox-input');
      await page.keyboard.type('berlin');
      await expect
        .poll(() => page.getByRole('status').innerText(), { timeout: 5_000 })
        .toMatch(/places for berlin/);
      await close(page, '5-keyboard');
    });

    test('5: dark where the system is dark, and the button changes it', async () => {
      const page = await open('/', { colorScheme: 'dark' });
      const background = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
      expect(await background()).toBe('rgb(21, 18, 24)');
      await page.screenshot({ path: join(screenshots, '5-dark.png') });
      await page.getByRole('button', { name: 'Switch between light and dark' }).click();
      expect(await background()).toBe('rgb(250, 248, 245)');
      await close(page, '5-light-chosen');
    });

    test('6: while the server is away the page says so, and comes back by itself', async () => {
      const page = await open('/');
      await page.route('**/1/indexes/**', (route) => route.abort());
      await box(page).fill('alien');
      await page.getByText('The server does not answer. Trying again …').waitFor();
      await page.screenshot({ path: join(screenshots, '6-away.png') });
      await page.unroute('**/1/indexes/**');
      await expect.poll(() => firstTitle(page).innerText(), { timeout: 15_000 }).toContain('Alien');
      expect(await page.getByRole('alert').count()).toBe(0);
      // The browser itself reports requests that failed.
      trouble.splice(0);
      await close(page, '6-back');
    });
  },
);
