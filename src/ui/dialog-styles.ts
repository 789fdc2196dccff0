/** How every dialog looks. */
import { css } from 'lit';

export const dialogStyles = css`
  dialog {
    inline-size: min(34rem, calc(100vw - 2rem));
    max-block-size: calc(100dvh - 2rem);
    padding: var(--space-6);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    background: var(--surface);
    color: var(--ink);
    box-shadow: var(--shadow);
    overflow-wrap: break-word;
  }

  dialog::backdrop {
    background: var(--backdrop);
  }

  dialog > p,
  dialog > .list {
    margin-block-start: var(--space-3);
  }

  .list {
    max-block-size: 16rem;
    overflow: auto;
  }

  .list td {
    overflow-wrap: anywhere;
  }

  .path {
    min-inline-size: 6rem;
  }

  .buttons {
    display: flex;
    flex-wrap: wrap;
    justify-content: end;
    gap: var(--space-2);
    margin-block-start: var(--space-6);
  }
`;
