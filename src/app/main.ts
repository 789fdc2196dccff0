/** Starts the page. */
import '../ui/tokens.css';
import './shell.css';
import { beginAhead } from './ahead';
import { isolatePage } from './isolation';

// The page is about to be loaded anew otherwise: nothing should be opened then.
if (!(await isolatePage())) {
  const ahead = beginAhead();
  const { Tab } = await import('./tab');
  const tab = await Tab.open(ahead);
  const { attend } = await import('./attend');
  await attend(tab);
}
