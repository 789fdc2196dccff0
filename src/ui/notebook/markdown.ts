/** Markdown as HTML that is safe to be part of the page. Loaded when the first Markdown is shown. */
import DOMPurify from 'dompurify';
import { marked } from 'marked';

/** Nothing that loads (pictures are those that the text itself holds), submits, scripts or styles beyond its place; links open beside the page, never in its stead. */
export function renderMarkdown(source: string): string {
  const clean = DOMPurify.sanitize(marked.parse(source, { async: false, gfm: true }), {
    RETURN_DOM_FRAGMENT: true,
    USE_PROFILES: { html: true },
    FORBID_TAGS: ['style', 'form', 'input', 'button', 'textarea', 'select', 'audio', 'video', 'dialog'],
    FORBID_ATTR: ['style', 'class', 'id', 'name', 'srcset', 'popover', 'popovertarget', 'autofocus'],
  });
  for (const link of clean.querySelectorAll('a')) {
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
  }
  for (const image of clean.querySelectorAll('img')) if (!image.src.startsWith('data:image/')) image.replaceWith(image.alt);
  const holder = document.createElement('div');
  holder.append(clean);
  return holder.innerHTML;
}
