/** How the files panel looks. */
import { css } from 'lit';

export const filesPanelStyles = css`
  :host {
    container: files / inline-size;
    overflow: hidden;
  }

  .panel {
    position: relative;
    display: flex;
    flex-direction: column;
    block-size: 100%;
    min-block-size: 0;
  }

  .panel > * {
    flex: none;
  }

  .panel > dormouse-file-tree {
    flex: 1 1 12rem;
  }

  header .soft {
    min-inline-size: 0;
    overflow: hidden;
    font-size: var(--size-2);
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .tools,
  .search {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--space-1);
    padding: var(--space-2) var(--space-3);
  }

  .icon {
    padding: 0;
  }

  .search input {
    flex: 1;
    min-inline-size: 8rem;
  }

  .search .soft,
  .note {
    font-size: var(--size-2);
  }

  .note,
  .empty {
    padding: var(--space-3) var(--space-4);
  }

  .empty {
    display: grid;
    justify-items: start;
    gap: var(--space-2);
    color: var(--ink-soft);
  }

  .empty code {
    color: var(--ink);
    overflow-wrap: anywhere;
  }

  .choices {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 var(--space-1);
    padding: var(--space-1) var(--space-2);
    border-block-start: 1px solid var(--line);
    background: var(--sunken);
  }

  .choices .soft {
    flex: 1 1 100%;
    padding: var(--space-1) var(--space-2) 0;
    overflow: hidden;
    font-size: var(--size-2);
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .choices button {
    gap: var(--space-1);
    padding: 0 var(--space-2);
  }

  .dragging > :not(.drop) {
    opacity: 0.4;
  }

  .drop {
    position: absolute;
    inset: var(--space-2);
    display: grid;
    place-content: center;
    border: 2px dashed var(--accent);
    border-radius: var(--radius);
    font-weight: var(--weight-strong);
    pointer-events: none;
  }

  @media (max-width: 56.25em) {
    .panel {
      min-block-size: 60dvh;
    }
  }
`;
