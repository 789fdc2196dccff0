/** Draws Vega and Vega-Lite. Loaded when the first such chart is shown. */
import embed, { type VisualizationSpec } from 'vega-embed';
import type { Spec } from './vega-spec';

/** Pictures in the data are all that may be shown; links and files are refused, which `refused` is told. */
function loader(refused: () => void) {
  const refuse = (): Promise<never> => {
    refused();
    return Promise.reject(new Error('charts load nothing here'));
  };
  const sanitize = (uri: string) => (/^data:image\/(png|jpeg|gif|webp);/i.test(uri) ? Promise.resolve({ href: uri }) : refuse());
  return { load: refuse, http: refuse, file: refuse, sanitize };
}

/** Returns what takes it away. */
export async function drawVega(place: HTMLElement, spec: Spec, lite: boolean, refused: () => void): Promise<() => void> {
  const { finalize } = await embed(place, spec as unknown as VisualizationSpec, {
    mode: lite ? 'vega-lite' : 'vega',
    // Expressions are interpreted, not compiled: the page's policy knows no eval.
    ast: true,
    actions: false,
    defaultStyle: false,
    renderer: 'canvas',
    loader: loader(refused) as never,
    tooltip: false,
  });
  return () => {
    finalize();
    place.replaceChildren();
  };
}
