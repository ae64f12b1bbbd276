import { Container, LibraryBig, ListChecks, Rocket, Server, Settings, type LucideIcon } from 'lucide-react';
import { t, type TextKey } from '../i18n/index.ts';
import { routeHref, useRoute, type Page } from '../ui/index.ts';
import './Rail.css';

interface Item {
  page: Page;
  icon: LucideIcon;
  label: TextKey;
}

const TOP: readonly Item[] = [
  { page: 'launch', icon: Rocket, label: 'app.pages.launch' },
  { page: 'jobs', icon: ListChecks, label: 'app.pages.jobs' },
  { page: 'templates', icon: LibraryBig, label: 'app.pages.templates' },
  { page: 'images', icon: Container, label: 'app.pages.images' },
  { page: 'clusters', icon: Server, label: 'app.pages.clusters' },
];
const BOTTOM: readonly Item[] = [{ page: 'settings', icon: Settings, label: 'app.pages.settings' }];

function RailLink({ page, icon: Icon, label }: Item) {
  const isHere = useRoute().page === page;
  return (
    <a className="rail-link" href={routeHref(page)} aria-current={isHere ? 'page' : undefined}>
      <Icon size={18} strokeWidth={1.75} aria-hidden />
      <span>{t(label)}</span>
    </a>
  );
}

export function Rail() {
  return (
    <nav className="rail" aria-label={t('app.rail')}>
      <div className="rail-group">
        {TOP.map((item) => (
          <RailLink key={item.page} {...item} />
        ))}
      </div>
      <div className="rail-group">
        {BOTTOM.map((item) => (
          <RailLink key={item.page} {...item} />
        ))}
      </div>
    </nav>
  );
}
