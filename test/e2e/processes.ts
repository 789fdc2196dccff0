/** Processes of the browser, to be stopped or killed. */
import type { Browser, BrowserContext } from '@playwright/test';

/** The process of a page or frame that computes most while `work` goes on. */
export async function busiestRenderer(context: BrowserContext, work: () => Promise<unknown>): Promise<number> {
  const cdp = await (context.browser() as Browser).newBrowserCDPSession();
  const used = async () => {
    const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
    return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await used();
  await work();
  const [busiest] = [...(await used())].map(([id, time]) => ({ id, time: time - (before.get(id) ?? 0) })).sort((a, b) => b.time - a.time);
  await cdp.detach();
  if (!busiest) throw new Error('There is no page.');
  return busiest.id;
}
