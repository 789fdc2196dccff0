/** The sixteen colours of terminals, readable on the page's ground in both themes. */
import { css } from 'lit';

export const ansiStyles = css`
  .ansi-black {
    color: var(--ink);
  }

  .ansi-red,
  .ansi-bright-red {
    color: var(--bad);
  }

  .ansi-green,
  .ansi-bright-green {
    color: var(--good);
  }

  .ansi-yellow,
  .ansi-bright-yellow {
    color: var(--caution);
  }

  .ansi-blue,
  .ansi-bright-blue,
  .ansi-cyan,
  .ansi-bright-cyan {
    color: var(--code-definition);
  }

  .ansi-magenta,
  .ansi-bright-magenta {
    color: var(--code-keyword);
  }

  .ansi-white,
  .ansi-bright-white {
    color: var(--ink);
  }

  .ansi-bright-black {
    color: var(--ink-soft);
  }

  /* A ground is told by a line, so that the text on it stays readable whatever its colour. */
  [class*="-bg"] {
    background: var(--sunken);
    box-shadow: inset 0 -2px currentcolor;
  }

  .ansi-bold {
    font-weight: var(--weight-strong);
  }

  .ansi-dim {
    color: var(--ink-soft);
  }

  .ansi-italic {
    font-style: italic;
  }

  .ansi-underline {
    text-decoration: underline;
  }

  .ansi-strikethrough {
    text-decoration: line-through;
  }

  .ansi-reverse {
    background: var(--selection);
    color: var(--ink);
  }

  .ansi-hidden {
    opacity: 0;
  }
`;
