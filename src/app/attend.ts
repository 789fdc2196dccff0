/** What the page does beside its work, begun when it has started: new versions of the app, and reminding of copies. */
import { remindOfCopies } from './copy-reminder';
import type { Tab } from './tab';
import { Versions } from './versions';

export async function attend(tab: Tab): Promise<void> {
  const versions = new Versions(tab);
  let endReminding = () => {};
  const follow = () => {
    const { shown } = tab;
    versions.session = shown?.session ?? null;
    endReminding();
    endReminding = shown?.session ? remindOfCopies(shown.session, tab, () => void shown.page.download()) : () => {};
  };
  tab.addEventListener('show', follow);
  follow();
  await versions.begin();
}
