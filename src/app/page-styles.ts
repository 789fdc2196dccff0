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

  .notices {
    grid-column: 1 / -1;
  }

  dormouse-question,
  dormouse-download-dialog {
    position: absolute;
  }

  .body {
    display: grid;
    grid-template: minmax(0, 1fr) / auto auto minmax(0, 1fr) auto auto;
    grid-row: 3;
    grid-column: 1 / -1;
    min-block-size: 0;
  }

  main {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    grid-column: 3;
    min-block-size: 0;
  }

  dormouse-rail.left {
    grid-column: 1;
    border-inline-end: 1px solid var(--line);
  }

  dormouse-rail.right {
    grid-column: 5;
    border-inline-start: 1px solid var(--line);
  }

  aside {
    display: grid;
    grid-template: minmax(0, 1fr) / minmax(0, 1fr);
    grid-column: 2;
    inline-size: clamp(17rem, 22vw, 26rem);
    min-block-size: 0;
    border-inline-end: 1px solid var(--line);
  }

  aside.right {
    grid-column: 4;
    inline-size: clamp(20rem, 30vw, 40rem);
    border-inline-start: 1px solid var(--line);
    border-inline-end: 0;
  }

  dormouse-more,
  dormouse-sheet-bar {
    display: none;
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

  /* One part at a time between header and thumb: the bar at the bottom says which. */
  @media (max-width: 56.25em) {
    :host {
      grid-template: auto auto minmax(0, 1fr) auto auto auto auto / minmax(0, 1fr);
    }

    header {
      display: flex;
      flex-wrap: wrap;
      grid-area: 1 / 1;
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

    .notices {
      flex: 0 0 100%;
    }

    .body,
    main {
      display: contents;
    }

    dormouse-rail,
    dormouse-elsewhere,
    aside,
    aside.right {
      display: none;
      grid-area: 2 / 1 / 4;
    }

    :host(:is([data-sheet='code'], [data-sheet='output'])) dormouse-elsewhere {
      display: block;
    }

    :host([data-sheet='left']) aside.left,
    :host([data-sheet='right']) aside.right {
      display: grid;
      inline-size: auto;
      border: 0;
    }

    :host([data-sheet='more']) dormouse-more {
      display: block;
      grid-area: 2 / 1 / 4;
    }

    dormouse-actions {
      display: block;
      grid-area: 6 / 1;
      padding: var(--space-1) var(--space-2);
      border-block-end: 0;
    }

    dormouse-sheet-bar {
      display: block;
      grid-area: 7 / 1;
      padding-block-end: env(safe-area-inset-bottom);
      border-block-start: 1px solid var(--line);
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
    .body,
    main,
    dormouse-workspace {
      display: block;
      block-size: auto;
      max-block-size: none;
    }

    dormouse-actions,
    dormouse-rail,
    dormouse-sheet-bar,
    aside,
    .notices {
      display: none;
    }
  }
`;
