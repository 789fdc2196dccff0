/** How a choice between two looks. */
import { css } from 'lit';

export const choiceStyles = css`
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
