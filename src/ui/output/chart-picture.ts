/** A chart as a picture, for a page on which no library draws. Given data only, as `Chart` gives it. */
import type { Json } from '../../session';
import { plotlyFigure } from './plotly-figure';
import { vegaSpec } from './vega-spec';

/** The address of an SVG in itself; null when it cannot be drawn. */
export async function chartPicture(type: string, spec: Json): Promise<string | null> {
  try {
    if (type.startsWith('application/vnd.plotly.')) {
      const { plotlyPicture } = await import('./plotly');
      return await plotlyPicture(plotlyFigure(spec).figure);
    }
    const { vegaPicture } = await import('./vega');
    return `data:image/svg+xml,${encodeURIComponent(await vegaPicture(vegaSpec(spec), type.includes('vegalite')))}`;
  } catch {
    // The page says that there is a chart.
    return null;
  }
}
