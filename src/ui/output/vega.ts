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

const OPTIONS = {
  // Expressions are interpreted, not compiled: the page's policy knows no eval.
  ast: true,
  actions: false,
  defaultStyle: false,
  tooltip: false,
} as const;

/** Returns what takes it away. */
export async function drawVega(place: HTMLElement, spec: Spec, lite: boolean, refused: () => void): Promise<() => void> {
  const { finalize } = await embed(place, spec as unknown as VisualizationSpec, {
    ...OPTIONS,
    mode: lite ? 'vega-lite' : 'vega',
    renderer: 'canvas',
    loader: loader(refused) as never,
  });
  return () => {
    finalize();
    place.replaceChildren();
  };
}

/** The text of an SVG. */
export async function vegaPicture(spec: Spec, lite: boolean): Promise<string> {
  const { view, finalize } = await embed(document.createElement('div'), spec as unknown as VisualizationSpec, {
    ...OPTIONS,
    mode: lite ? 'vega-lite' : 'vega',
    renderer: 'svg',
    loader: loader(() => undefined) as never,
  });
  try {
    return await view.toSVG();
  } finally {
    finalize();
  }
}
