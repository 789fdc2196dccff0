/** How a notebook looks as a web page of its own; the colours are those of tokens.css. */
import { css } from 'lit';

export const pageStyle = css`
  body {
    max-inline-size: 60rem;
    margin: 0 auto;
    padding: 1.5rem 1rem 3rem;
    background: var(--surface);
    overflow-wrap: anywhere;
  }

  section {
    margin-block: 1rem;
  }

  pre {
    margin: 0;
    font: var(--size-2) / 1.6 var(--font-code);
    white-space: pre-wrap;
  }

  .code {
    padding: 0.5rem 0.75rem;
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--sunken);
  }

  .tok-keyword,
  .tok-operatorKeyword,
  .tok-modifier {
    color: var(--code-keyword);
  }

  .tok-string,
  .tok-string2 {
    color: var(--code-string);
  }

  .tok-number,
  .tok-bool,
  .tok-null {
    color: var(--code-number);
  }

  .tok-definition,
  .tok-className {
    color: var(--code-definition);
  }

  .tok-comment {
    color: var(--code-comment);
    font-style: italic;
  }

  .outputs {
    padding: 0.5rem 0.75rem;
  }

  .output + .output {
    margin-block-start: 0.5rem;
  }

  .stderr,
  .error {
    color: var(--bad);
  }

  .error {
    padding-inline-start: 0.5rem;
    border-inline-start: 2px solid var(--bad);
  }

  .notice,
  .echo,
  .note,
  footer {
    color: var(--ink-soft);
    font-size: var(--size-2);
  }

  /* Whatever styles are in it stay in their place. */
  .html,
  .table {
    contain: paint;
    overflow: auto;
  }

  table {
    border-collapse: collapse;
    font-size: var(--size-1);
    font-variant-numeric: tabular-nums;
  }

  th,
  td {
    padding: 0.2rem 0.5rem;
    border: 1px solid var(--line);
    text-align: start;
  }

  th {
    background: var(--sunken);
  }

  .number {
    text-align: end;
  }

  .empty {
    color: var(--ink-soft);
  }

  img,
  svg {
    max-inline-size: 100%;
    block-size: auto;
    background: #ffffff;
  }

  .prose {
    max-inline-size: 70ch;
  }

  a {
    color: var(--accent);
  }

  @media print {
    body {
      max-inline-size: none;
      padding: 0;
    }

    .html,
    .table {
      contain: none;
      overflow: visible;
    }

    .code,
    tr,
    img {
      break-inside: avoid;
    }

    thead {
      display: table-header-group;
    }
  }
`;
