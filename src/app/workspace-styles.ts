/** Where things are in the workspace. On small screens its parts lie in the page's own grid, one of them at a time. */
import { css } from 'lit';

export const workspaceStyles = css`
  :host {
    display: grid;
    grid-template: auto minmax(6rem, var(--share)) auto auto minmax(3rem, 1fr) auto / minmax(0, 1fr);
    min-block-size: 0;
  }

  :host([hidden]) {
    display: none !important;
  }

  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--space-4);
    border-block-end: 1px solid var(--line);
    background: var(--surface);
  }

  .tools > dormouse-notebook-tools {
    flex: auto;
    border: 0;
  }

  .tools > dormouse-notebook-origin {
    padding-inline: var(--space-4);
  }

  .strip {
    display: flex;
    align-items: center;
    gap: var(--space-4);
    padding: 0 var(--space-2) 0 var(--space-4);
    border-block-end: 1px solid var(--line);
    background: var(--sunken);
  }

  .strip h2 {
    font-size: var(--size-2);
  }

  .strip button {
    margin-inline-start: auto;
    color: var(--ink-soft);
    white-space: nowrap;
  }

  @media (max-width: 40em) {
    .strip {
      gap: var(--space-2);
    }

    .strip button span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }
  }

  @media (max-width: 56.25em) {
    :host {
      display: contents;
    }

    dormouse-splitter,
    .work,
    .tools,
    dormouse-output,
    dormouse-repl {
      display: none;
      grid-area: 2 / 1 / 4;
    }

    :host([data-sheet='code']) .tools {
      display: flex;
      grid-area: 2 / 1;
    }

    :host([data-sheet='code']) .work {
      display: flex;
      grid-area: 3 / 1;
    }

    :host([data-sheet='code']) dormouse-notebook.work {
      display: block;
    }

    :host([data-sheet='output']) dormouse-output {
      display: flex;
    }

    :host([data-sheet='output']) dormouse-repl {
      display: block;
      grid-area: 4 / 1;
    }

    .strip {
      grid-area: 5 / 1;
      min-block-size: 2rem;
      border-block-start: 1px solid var(--line);
    }

    :host(:not([data-sheet='output'])) .strip :is(h2, button) {
      display: none;
    }
  }

  @media print {
    :host,
    dormouse-code:not([hidden]),
    dormouse-notebook,
    dormouse-output {
      display: block;
      block-size: auto;
      max-block-size: none;
    }

    .tools,
    dormouse-repl,
    dormouse-splitter,
    .strip {
      display: none;
    }
  }
`;
