/** Draws Vega and Vega-Lite. Loaded when the first such chart is shown. */
import embed, { type VisualizationSpec } from 'vega-embed';
import type { Spec } from './vega-spec';

const refuse = (): Promise<never> => Promise.reject(new Error('charts load nothing here: put the data into the chart'));

/** Pictures in the data are all that may be shown; links and files are refused. */
const LOADER = {
  load: refuse,
  http: refuse,
  file: refuse,
  sanitize: (uri: string) => (/^data:image\/(png|jpeg|gif|webp);/i.test(uri) ? Promise.resolve({ href: uri }) : refuse()),
};

/** Returns what takes it away. */
export async function drawVega(place: HTMLElement, spec: Spec, lite: boolean): Promise<() => void> {
  const { finalize } = await embed(place, spec as unknown as VisualizationSpec, {
    mode: lite ? 'vega-lite' : 'vega',
    // Expressions are interpreted, not compiled: the page's policy knows no eval.
    ast: true,
    actions: false,
    defaultStyle: false,
    renderer: 'canvas',
    loader: LOADER as never,
    tooltip: false,
  });
  return () => {
    finalize();
    place.replaceChildren();
  };
}
