/** What all elements share: boxes, buttons, focus, tables. Values come from tokens.css. */
import { css } from 'lit';

export const shared = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  [hidden] {
    display: none !important;
  }

  :focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }

  dormouse-icon {
    display: inline-flex;
    flex: none;
    inline-size: 1.125em;
    block-size: 1.125em;
  }

  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: var(--space-2);
    min-block-size: var(--target);
    min-inline-size: var(--target);
    padding: 0 var(--space-3);
    border: 1px solid transparent;
    border-radius: var(--radius);
    background: none;
    color: var(--ink);
    font: inherit;
    font-size: var(--size-2);
    cursor: pointer;
    transition: background-color var(--motion);
  }

  button:hover {
    background: var(--hover);
  }

  button.outlined {
    border-color: var(--line-control);
  }

  button.primary {
    background: var(--accent);
    color: var(--accent-ink);
    font-weight: var(--weight-strong);
  }

  button.primary:hover {
    background: var(--accent-hover);
  }

  /* Kept focusable: a button that vanishes from under the keyboard takes the focus along. */
  button[aria-disabled="true"],
  button[aria-disabled="true"]:hover {
    cursor: default;
    color: var(--ink-soft);
    background: none;
    font-weight: var(--weight-normal);
  }

  button[aria-disabled="true"]:is(.outlined, .primary) {
    border-color: var(--line);
  }

  .hidden-visually {
    position: absolute;
    inline-size: 1px;
    block-size: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  h2,
  h3,
  h4,
  p,
  dl,
  dd,
  pre {
    margin: 0;
  }

  h2 {
    font-size: var(--size-4);
    font-weight: var(--weight-strong);
  }

  h3 {
    font-size: var(--size-3);
    font-weight: var(--weight-strong);
  }

  code,
  pre {
    font-family: var(--font-code);
    font-size: var(--size-2);
    font-variant-ligatures: none;
  }

  input {
    min-block-size: var(--target);
    padding: 0 var(--space-2);
    border: 1px solid var(--line-control);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
    font-size: var(--size-2);
  }

  @media (pointer: coarse) {
    /* Smaller text makes phones zoom into the field. */
    input {
      font-size: 1rem;
    }
  }

  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-size: var(--size-2);
  }

  th {
    color: var(--ink-soft);
    font-weight: var(--weight-normal);
    text-align: start;
  }

  th,
  td {
    padding: var(--space-1) var(--space-3) var(--space-1) 0;
    border-block-end: 1px solid var(--line);
    vertical-align: baseline;
  }

  th:last-child,
  td:last-child {
    padding-inline-end: 0;
  }

  .number {
    text-align: end;
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }

  .soft {
    color: var(--ink-soft);
  }

  @media (forced-colors: active) {
    button {
      border-color: ButtonText;
    }
  }
`;

/** A section of the state panel: its parts below each other, what is beside its heading small. */
export const section = css`
  :host {
    display: grid;
    gap: var(--space-2);
  }

  .soft {
    font-size: var(--size-2);
    font-weight: var(--weight-normal);
  }

  p code {
    overflow-wrap: anywhere;
  }
`;

/** A panel beside the code: it scrolls by itself under a header that stays, and on small screens with the page. */
export const panel = css`
  :host {
    display: block;
    background: var(--ground);
    overflow: auto;
  }

  header {
    position: sticky;
    inset-block-start: 0;
    z-index: 1;
    display: flex;
    align-items: center;
    gap: var(--space-3);
    padding: var(--space-1) var(--space-2) var(--space-1) var(--space-4);
    border-block-end: 1px solid var(--line);
    background: var(--ground);
  }

  header .close {
    margin-inline-start: auto;
    padding: 0;
  }
`;

/** What is in a panel whose parts stand below each other: one column, no wider than can be read, under a header as wide as the panel. */
export const panelColumn = css`
  :host > div {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: var(--space-6);
    max-inline-size: 60rem;
    padding: 0 var(--space-4) var(--space-8);
  }

  header {
    margin-inline: calc(-1 * var(--space-4));
  }
`;

/** How a choice from a list looks. */
export const choice = css`
  select {
    min-block-size: var(--target);
    max-inline-size: 100%;
    padding: 0 var(--space-2);
    border: 1px solid var(--line-control);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    font: inherit;
    font-size: var(--size-2);
  }
`;
