/** Draws Plotly figures. Loaded when the first one is shown. */
import Plotly from 'plotly.js-strict-dist-min';
import type { Figure } from './plotly-figure';

/** Returns what takes it away. */
export async function drawPlotly(place: HTMLElement, { data, layout }: Figure): Promise<() => void> {
  const inner = document.createElement('div');
  place.replaceChildren(inner);
  await Plotly.newPlot(inner, data, layout, {
    displaylogo: false,
    responsive: true,
    showSendToCloud: false,
    showLink: false,
    plotlyServerURL: '',
    topojsonURL: '',
  });
  return () => {
    Plotly.purge(inner);
    place.replaceChildren();
  };
}

/** The address of an SVG in itself. */
export function plotlyPicture({ data, layout }: Figure): Promise<string> {
  return Plotly.toImage({ data, layout, config: { plotlyServerURL: '', topojsonURL: '' } }, { format: 'svg', width: 800, height: 450 });
}
