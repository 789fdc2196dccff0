/** What of a Plotly figure is handed to the library: data and layout, without what it would load from elsewhere. */
import type { Json } from '../../session';

/** Traces that draw with what is in them. Those of maps ask for tiles and outlines, which are other servers' business. */
const TRACES: ReadonlySet<string> = new Set([
  'bar',
  'barpolar',
  'box',
  'candlestick',
  'carpet',
  'cone',
  'contour',
  'contourcarpet',
  'funnel',
  'funnelarea',
  'heatmap',
  'histogram',
  'histogram2d',
  'histogram2dcontour',
  'icicle',
  'indicator',
  'isosurface',
  'mesh3d',
  'ohlc',
  'parcats',
  'parcoords',
  'pie',
  'sankey',
  'scatter',
  'scatter3d',
  'scattercarpet',
  'scattergl',
  'scatterpolar',
  'scatterpolargl',
  'scattersmith',
  'scatterternary',
  'splom',
  'streamtube',
  'sunburst',
  'surface',
  'table',
  'treemap',
  'violin',
  'volume',
  'waterfall',
]);
/** Parts of a layout, and of the layout of a template, that load maps. */
const MAPS = /^(geo|map|mapbox)\d*$/;

type Fields = Record<string, Json>;

export interface Figure {
  data: Fields[];
  layout: Fields;
}

const fields = (value: Json | undefined): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** @throws Error when it is no figure */
export function plotlyFigure(value: Json): { figure: Figure; leftOut: string[] } {
  const { data, layout } = fields(value);
  if (!Array.isArray(data)) throw new Error('it has no data');
  const leftOut = new Set<string>();
  const traces = (data as Json[]).map(fields).filter(({ type = 'scatter' }) => {
    if (typeof type === 'string' && TRACES.has(type)) return true;
    leftOut.add(String(type).slice(0, 40));
    return false;
  });
  const plain = withoutMaps(fields(layout));
  // A template's traces and layout are defaults of these.
  const template = fields(plain.template);
  const ready: Fields = {
    ...plain,
    ...(plain.template !== undefined && { template: { ...template, layout: withoutMaps(fields(template.layout)) } }),
  };
  return { figure: { data: traces, layout: ready }, leftOut: [...leftOut] };
}

function withoutMaps(layout: Fields): Fields {
  const kept = Object.entries(layout).filter(([name]) => !MAPS.test(name));
  const { images } = layout;
  const local = Array.isArray(images)
    ? (images as Json[]).map(fields).filter(({ source }) => typeof source === 'string' && source.startsWith('data:image/'))
    : [];
  return { ...Object.fromEntries(kept), ...(images !== undefined && { images: local }) };
}
