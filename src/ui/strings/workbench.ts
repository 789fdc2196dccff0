/** Words of the page's layout: its panels, sheets and views. */
export const workbench = {
  panels: { left: 'Left panels', right: 'Right panels' },
  panel: { history: 'History', state: 'State' },
  sheets: { label: 'Parts of the page', code: 'Code', output: 'Output', more: 'More' },
  moreTitle: 'More',
} as const;
