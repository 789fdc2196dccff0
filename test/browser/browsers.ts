/** One narrow way to drive two browsers: Chromium through Playwright, Debian's Firefox through WebDriver BiDi (puppeteer-core). */
import { chromium } from '@playwright/test';
import puppeteer from 'puppeteer-core';
import { CHROMIUM_ARGUMENTS } from '../../scripts/browsers.mjs';

export interface Tab {
  goto(url: string): Promise<void>;
  /** Evaluates an expression in the page and waits for a promise. */
  evaluate<Result>(expression: string): Promise<Result>;
  close(): Promise<void>;
}

/** Where the test's set-up found the browsers (scripts/test.mjs); undefined where there is none. */
export const CHROMIUM = process.env.DORMOUSE_CHROMIUM;
export const FIREFOX = process.env.DORMOUSE_FIREFOX;

export async function openChromium(): Promise<Tab> {
  const browser = await chromium.launch({ ...(CHROMIUM && { executablePath: CHROMIUM }), args: CHROMIUM_ARGUMENTS });
  const page = await browser.newPage();
  return {
    goto: async (url) => void (await page.goto(url)),
    evaluate: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  };
}

export async function openFirefox(): Promise<Tab> {
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath: FIREFOX as string, headless: true });
  const page = await browser.newPage();
  return {
    goto: async (url) => void (await page.goto(url)),
    evaluate: async <Result>(expression: string) => (await page.evaluate(expression)) as Result,
    close: () => browser.close(),
  };
}

export const BROWSERS = [
  { name: 'Chromium', open: openChromium, missing: false },
  { name: 'Firefox', open: openFirefox, missing: !FIREFOX },
];
