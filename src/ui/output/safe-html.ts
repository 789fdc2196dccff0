/** HTML from Python without what acts: scripts, forms, frames, links, whatever loads. Shown in a frame of its own, or as part of an export. */
import DOMPurify from 'dompurify';

const FORBIDDEN = ['form', 'input', 'button', 'textarea', 'select', 'audio', 'video', 'dialog'];

/**
 * The clean content, and where links in it led, which it does not hold any more.
 * @param alone it shares its document with nothing: then styles for all of it may stay
 */
export function safeHtml(content: string, alone: boolean): { content: DocumentFragment; links: string[] } {
  const clean = DOMPurify.sanitize(content, {
    RETURN_DOM_FRAGMENT: true,
    FORCE_BODY: true,
    FORBID_TAGS: alone ? FORBIDDEN : [...FORBIDDEN, 'style', 'link'],
    FORBID_ATTR: ['srcset', 'ping', 'autofocus', 'popover', 'popovertarget', ...(alone ? [] : ['class', 'id', 'name'])],
  });
  const links = new Set<string>();
  for (const anchor of clean.querySelectorAll('a[href], area[href]')) {
    const href = anchor.getAttribute('href') ?? '';
    if (/^https?:\/\//i.test(href)) links.add(href);
    anchor.removeAttribute('href');
    anchor.removeAttribute('target');
  }
  if (!alone)
    for (const each of clean.querySelectorAll('[src]'))
      if (!/^data:image\//i.test(each.getAttribute('src') ?? '')) each.removeAttribute('src');
  return { content: clean, links: [...links] };
}
