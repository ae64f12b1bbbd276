import { t, type TextKey } from '../i18n/index.ts';
import { Dialog, Group, Kbd } from '../ui/index.ts';
import './ShortcutsDialog.css';

/** Keys that are pressed one after the other stand in separate lists. */
type Line = readonly [TextKey, ...(readonly string[])[]];

const EVERYWHERE: readonly Line[] = [
  ['app.shortcuts.palette', ['mod', 'K']],
  ['app.shortcuts.launch', ['G'], ['L']],
  ['app.shortcuts.jobs', ['G'], ['J']],
  ['app.shortcuts.templates', ['G'], ['T']],
  ['app.shortcuts.images', ['G'], ['I']],
  ['app.shortcuts.clusters', ['G'], ['C']],
  ['app.shortcuts.settings', ['G'], ['S']],
  ['app.shortcuts.filter', ['/']],
  ['app.shortcuts.submit', ['mod', 'enter']],
  ['app.shortcuts.help', ['?']],
];
const LISTS: readonly Line[] = [
  ['app.shortcuts.move', ['↑'], ['↓']],
  ['app.shortcuts.ends', ['Home'], ['End']],
  ['app.shortcuts.open', ['enter']],
  ['app.shortcuts.select', ['Space']],
];

function Lines({ lines }: { lines: readonly Line[] }) {
  return (
    <dl className="shortcuts">
      {lines.map(([text, ...keys]) => (
        <div key={text}>
          <dt>{t(text)}</dt>
          <dd>
            {keys.map((key) => (
              <Kbd key={key.join()} keys={key} />
            ))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title={t('app.shortcuts.title')} isOpen onClose={onClose} width={28}>
      <Group title={t('app.shortcuts.everywhere')}>
        <Lines lines={EVERYWHERE} />
      </Group>
      <Group title={t('app.shortcuts.lists')}>
        <Lines lines={LISTS} />
      </Group>
    </Dialog>
  );
}
