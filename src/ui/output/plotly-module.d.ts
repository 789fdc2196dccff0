/** The part of Plotly that is used: its package brings no types. */
declare module 'plotly.js-strict-dist-min' {
  interface Plotly {
    newPlot(place: HTMLElement, data: readonly object[], layout: object, config: object): Promise<unknown>;
    toImage(figure: object, options: { format: 'svg'; width: number; height: number }): Promise<string>;
    purge(place: HTMLElement): void;
  }
  const plotly: Plotly;
  export default plotly;
}
