/**
 * The official libraries as their builds for pages, in a real browser, on a page of another origin than the server:
 *   1. InstantSearch's own widgets.
 *   2. Autocomplete with results from two indexes.
 *   3. Nothing but the server is asked, and no request fails for its origin.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { type RunningSkein, startSkein } from '@skein/testkit';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM_FLAGS, findChromium } from '../browser/chromium.ts';
import { clientV5, PHONE_SETTINGS, PHONES } from './clients.ts';

const executablePath = findChromium(process.env);
const { resolve } = createRequire(import.meta.url);
const SCRIPTS = [
  resolve('algoliasearch').replace(/dist\/.*/, 'dist/lite/builds/browser.umd.js'),
  resolve('instantsearch.js').replace(/cjs\/.*/, 'dist/instantsearch.production.min.js'),
  resolve('@algolia/autocomplete-js').replace(/dist\/.*/, 'dist/umd/index.production.js'),
];

describe.skipIf(executablePath === undefined)(
  'in a browser (skipped without Chromium: run tools/system-packages)',
  () => {
    let skein: RunningSkein;
    let browser: Browser;
    /** Another origin: the same machine, another port. */
    const shop = createServer((_request, response) => response.end('<!doctype html><title>shop</title>'));
    let shopHost = '';
    beforeAll(async () => {
      skein = await startSkein();
      const client = clientV5(skein);
      await client.setSettings({ indexName: 'phones', indexSettings: PHONE_SETTINGS });
      await client.saveObjects({ indexName: 'phones', objects: PHONES, waitForTasks: true });
      await client.saveObjects({
        indexName: 'brands',
        objects: ['Apple', 'Samsung', 'Google'].map((name) => ({ objectID: name, name })),
        waitForTasks: true,
      });
      shop.listen(0, '127.0.0.1');
      await once(shop, 'listening');
      shopHost = `127.0.0.1:${(shop.address() as AddressInfo).port}`;
      browser = await chromium.launch({ executablePath: executablePath!, args: CHROMIUM_FLAGS });
    }, 180_000);
    afterAll(async () => {
      await browser?.close();
      shop.close();
      await skein?.stop();
    });

    /** A page of another origin, with the libraries and a client in it. */
    async function open(body: string): Promise<{ page: Page; trouble: string[] }> {
      const page = await browser.newPage();
      const trouble: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') trouble.push(message.text());
      });
      page.on('pageerror', (error) => trouble.push(String(error)));
      page.on('requestfailed', (request) => trouble.push(`failed: ${request.url()}`));
      page.on('request', (request) => {
        const { host } = new URL(request.url());
        if (host !== shopHost && host !== `127.0.0.1:${skein.port}`) trouble.push(`asked ${request.url()}`);
      });
      await page.goto(`http://${shopHost}/`);
      await page.setContent(`<!doctype html><meta charset="utf-8"><title>shop</title>${body}`);
      for (const path of SCRIPTS) await page.addScriptTag({ path });
      const { applicationId, searchKey, port } = skein;
      await page.addScriptTag({
        content: `window.client = window['algoliasearch/lite'].liteClient(${JSON.stringify(applicationId)}, ${JSON.stringify(searchKey)}, {
        hosts: [{ url: '127.0.0.1', port: ${port}, protocol: 'http', accept: 'readWrite' }] });`,
      });
      return { page, trouble };
    }

    test('1: InstantSearch shows, refines, and highlights', async () => {
      const { page, trouble } = await open(
        '<div id="box"></div><div id="brands"></div><div id="price"></div><div id="stats"></div><div id="hits"></div>',
      );
      await page.addScriptTag({
        content: `
        const { searchBox, hits, refinementList, rangeInput, stats } = instantsearch.widgets;
        const search = instantsearch({ indexName: 'phones', searchClient: window.client });
        search.addWidgets([
          searchBox({ container: '#box' }),
          refinementList({ container: '#brands', attribute: 'brand', searchable: true }),
          rangeInput({ container: '#price', attribute: 'price' }),
          stats({ container: '#stats' }),
          hits({ container: '#hits', templates: { item: (hit, { html, components }) => html\`<b>\${components.Highlight({ hit, attribute: 'name' })}</b>\` } }),
        ]);
        search.start();`,
      });
      const titles = () => page.locator('#hits b').allInnerTexts();
      await expect
        .poll(titles)
        .toEqual(['iPhone 15 Pro', 'Pixel 9', 'Galaxy S24', 'iPhone 15', 'Galaxy A55']);
      await page.locator('#brands').getByText('Samsung').click();
      await expect.poll(titles).toEqual(['Galaxy S24', 'Galaxy A55']);
      await page.locator('#price input').nth(1).fill('500');
      await page.locator('#price button').click();
      await expect.poll(titles).toEqual(['Galaxy A55']);
      await page.locator('#box input').pressSequentially('gala');
      await expect.poll(() => page.locator('#hits mark').allInnerTexts()).toEqual(['Gala']);
      expect(trouble).toEqual([]);
      await page.close();
    });

    test('2: Autocomplete suggests from two indexes', async () => {
      const { page, trouble } = await open('<div id="autocomplete"></div>');
      await page.addScriptTag({
        content: `
        const { autocomplete, getAlgoliaResults } = window['@algolia/autocomplete-js'];
        const source = (sourceId) => ({
          sourceId,
          getItems: ({ query }) => getAlgoliaResults({ searchClient: window.client, queries: [{ indexName: sourceId, params: { query, hitsPerPage: 2 } }] }),
          templates: { item: ({ item, components, html }) => html\`<span class="\${sourceId}">\${components.Highlight({ hit: item, attribute: 'name' })}</span>\` },
        });
        autocomplete({ container: '#autocomplete', detachedMediaQuery: 'none', getSources: () => [source('phones'), source('brands')] });`,
      });
      await page.locator('#autocomplete input').pressSequentially('samsu');
      await expect.poll(() => page.locator('.brands').allInnerTexts()).toEqual(['Samsung']);
      await expect.poll(() => page.locator('.phones').allInnerTexts()).toEqual(['Galaxy S24', 'Galaxy A55']);
      await expect.poll(() => page.locator('.brands mark').allInnerTexts()).toEqual(['Samsu']);
      expect(trouble).toEqual([]);
      await page.close();
    });
  },
);
