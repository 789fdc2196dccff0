/** The looks of the grid. The positions of cells within regular-table follow its own container.css. */
import { css } from 'lit';

export const gridStyles = css`
  :host {
    /* In whole pixels: regular-table measures in them. */
    --row: round(1.625rem, 1px);
    display: flex;
    flex-direction: column;
    min-inline-size: 0;
    font-size: var(--size-2);
  }

  :host([fill]) {
    block-size: 100%;
  }

  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: var(--space-2);
    padding-block-end: var(--space-2);
  }

  .tools input {
    flex: 0 1 16rem;
    min-inline-size: 0;
  }

  .frame {
    position: relative;
    /* The heading, the rows, and a scroll bar below them. */
    block-size: calc((min(var(--rows), var(--grid-rows, 16)) + 1) * var(--row) + 1rem);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    overflow: hidden;
    background: var(--surface);
  }

  :host([fill]) .frame {
    flex: 1 1 auto;
    min-block-size: calc(4 * var(--row));
    block-size: auto;
  }

  regular-table {
    position: absolute;
    inset: 0;
    overflow: auto;
    overscroll-behavior: auto;
    font-family: var(--font-code);
    font-variant-ligatures: none;
  }

  regular-table:focus-visible {
    outline-offset: -2px;
  }

  regular-table table {
    inline-size: auto;
    border-collapse: separate;
    border-spacing: 0;
    user-select: none;
  }

  regular-table th,
  regular-table td {
    position: relative;
    block-size: var(--row);
    min-inline-size: 3.5rem;
    max-inline-size: 24rem;
    padding: 0 var(--space-2);
    border-block-end: 1px solid var(--line);
    border-inline-end: 1px solid var(--line);
    line-height: calc(var(--row) - 1px);
    text-align: start;
    text-overflow: ellipsis;
    vertical-align: middle;
    white-space: pre;
    overflow: hidden;
  }

  /* Other tables have no line at their end that these would stand at. */
  regular-table tr > :last-child {
    padding-inline-end: var(--space-2);
  }

  regular-table thead th {
    background: var(--sunken);
    color: var(--ink);
    font-family: var(--font-ui);
    font-weight: var(--weight-strong);
    cursor: pointer;
  }

  regular-table tbody th {
    background: var(--sunken);
    color: var(--ink-soft);
    font-variant-numeric: tabular-nums;
    font-weight: var(--weight-normal);
    text-align: end;
  }

  .heading .soft {
    font-weight: var(--weight-normal);
    font-size: var(--size-1);
  }

  regular-table th[aria-sort="ascending"] .heading::after {
    content: ' ↑';
    color: var(--accent);
  }

  regular-table th[aria-sort="descending"] .heading::after {
    content: ' ↓';
    color: var(--accent);
  }

  .rt-column-resize {
    position: absolute;
    inset-block: 0;
    inset-inline-end: 0;
    inline-size: 0.375rem;
    cursor: col-resize;
  }

  regular-table td.number {
    text-align: end;
    font-variant-numeric: tabular-nums;
  }

  regular-table td.empty,
  regular-table td.special,
  regular-table td.loading {
    color: var(--ink-soft);
    font-style: italic;
  }

  regular-table td.selected {
    background: var(--selection);
    color: var(--ink);
  }

  regular-table:focus-visible #active,
  regular-table:focus #active {
    box-shadow: inset 0 0 0 2px var(--accent);
  }

  .cover {
    position: absolute;
    inset: var(--row) 0 0 0;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: var(--space-3);
    margin: 0;
    padding: var(--space-2);
    color: var(--ink-soft);
    pointer-events: none;
  }

  .cover[role="alert"] {
    background: var(--surface);
    pointer-events: auto;
  }

  .footer,
  .value {
    display: flex;
    flex-wrap: wrap;
    gap: 0 var(--space-4);
    padding-block-start: var(--space-1);
    color: var(--ink-soft);
    font-size: var(--size-1);
  }

  .value .text {
    max-block-size: 6rem;
    overflow: auto;
    color: var(--ink);
    font-family: var(--font-code);
    overflow-wrap: anywhere;
    white-space: pre-wrap;
  }

  .said {
    color: var(--ink);
  }

  @media print {
    .tools,
    .value {
      display: none;
    }
  }
`;
