/** A column's summary in one line. */
import { type ColumnSummary, cellText } from '../../table';
import { strings } from '../strings';

/** Longer texts are cut. */
const LONGEST = 40;
const MEAN = new Intl.NumberFormat('en', { maximumSignificantDigits: 6 });

export function summaryText({ values, empty, distinct, least, greatest, mean }: ColumnSummary): string {
  const words = strings.grid.summary;
  const short = (text: string) => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
  return [
    words.values(values),
    empty > 0 ? words.empty(empty) : null,
    distinct === null ? null : words.distinct(distinct),
    least === null || greatest === null ? null : words.range(short(cellText(least)), short(cellText(greatest))),
    mean === null ? null : words.mean(MEAN.format(mean)),
  ]
    .filter((part) => part !== null)
    .join(' · ');
}
