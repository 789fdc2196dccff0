/** Where things are on the page. */
import { css } from 'lit';

export const pageStyles = css`
  :host {
    display: grid;
    grid-template: auto auto minmax(0, 1fr) / auto fit-content(15rem) minmax(0, auto) minmax(13rem, 1fr);
    block-size: 100dvh;
  }

  /* On wide pages name, actions and promise share the first row; on narrow ones the actions are at the bottom. */
  header {
    display: contents;
  }

  h1,
  dormouse-session-bar,
  dormouse-saved,
  dormouse-actions {
    display: flex;
    align-items: center;
    grid-row: 1;
    padding: var(--space-2) var(--space-4);
    border-block-end: 1px solid var(--line);
    background: var(--surface);
  }

  h1 {
    gap: var(--space-2);
    grid-column: 1;
    margin: 0;
    font-size: var(--size-4);
    font-weight: var(--weight-strong);
  }

  dormouse-session-bar {
    grid-column: 2;
    min-inline-size: 7rem;
    padding-inline: 0;
  }

  dormouse-actions {
    grid-column: 3;
    padding-inline: var(--space-2);
  }

  dormouse-saved {
    grid-column: 4;
    justify-content: end;
  }

  .notices,
  main {
    grid-column: 1 / -1;
  }

  dormouse-question,
  dormouse-download-dialog {
    position: absolute;
  }

  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    grid-template-rows: minmax(0, 1fr);
    grid-row: 3;
    min-block-size: 0;
  }

  main.checking {
    grid-template-columns: minmax(0, 1fr) clamp(24rem, 34%, 44rem);
  }

  .desk {
    display: grid;
    grid-template: minmax(6rem, var(--share)) auto auto minmax(5rem, 1fr) / minmax(0, 1fr);
    min-block-size: 0;
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

  aside {
    display: grid;
    min-block-size: 0;
    border-inline-start: 1px solid var(--line);
  }

  @media (max-width: 85em) {
    h1 span {
      position: absolute;
      inline-size: 1px;
      block-size: 1px;
      overflow: hidden;
      clip-path: inset(50%);
    }

    h1 {
      padding-inline-end: 0;
    }
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
      display: flex;
      flex-direction: column;
      block-size: auto;
      min-block-size: 100dvh;
    }

    header {
      position: sticky;
      inset-block-start: 0;
      z-index: 3;
      display: flex;
      flex-wrap: wrap;
      max-block-size: 50dvh;
      overflow-y: auto;
    }

    dormouse-session-bar {
      flex: 0 1 auto;
      max-inline-size: 45%;
    }

    dormouse-saved {
      flex: 1 1 0;
    }

    /* With the header they stay in sight wherever the page is scrolled to. */
    .notices {
      flex: 0 0 100%;
    }

    main,
    main.checking {
      display: flex;
      flex-direction: column;
      flex: 1 0 auto;
    }

    /* Grows to what header and actions leave free, and no further, so that the newest output is in sight. */
    .desk {
      display: flex;
      flex-direction: column;
      flex: 1 0 auto;
    }

    dormouse-splitter {
      display: none;
    }

    .strip {
      border-block-start: 1px solid var(--line);
    }

    dormouse-output {
      flex: 1 0 10rem;
      min-block-size: 0;
    }

    aside {
      border-inline-start: 0;
      border-block-start: 1px solid var(--line);
      min-block-size: calc(100dvh - 7rem);
    }

    dormouse-actions {
      position: sticky;
      inset-block-end: 0;
      z-index: 3;
      order: 1;
      display: block;
      padding: var(--space-1) var(--space-2) calc(var(--space-1) + env(safe-area-inset-bottom));
      border-block-start: 1px solid var(--line);
      border-block-end: 0;
    }
  }

  @media (max-width: 40em) {
    /* The promise needs a line of its own. */
    header {
      flex-wrap: wrap;
    }

    h1,
    dormouse-session-bar {
      padding-block: var(--space-1) 0;
      border-block-end: 0;
    }

    dormouse-session-bar {
      flex: 1 1 0;
      max-inline-size: none;
      padding-inline-end: var(--space-2);
    }

    dormouse-saved {
      flex-basis: 100%;
      justify-content: start;
      padding-block: var(--space-1);
    }
  }

  @media print {
    :host,
    main,
    .desk,
    dormouse-code,
    dormouse-output {
      display: block;
      block-size: auto;
      max-block-size: none;
    }

    dormouse-actions,
    dormouse-splitter,
    .notices,
    .strip {
      display: none;
    }
  }
`;
