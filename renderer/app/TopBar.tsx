import { Keyboard, Moon, Search, Sailboat, Sun } from 'lucide-react';
import { Button as AriaButton } from 'react-aria-components';
import { changeSettings, useSettings } from '../client/settings.ts';
import { errorText } from '../client/pageError.ts';
import { t } from '../i18n/index.ts';
import { IconButton, Kbd, showToast } from '../ui/index.ts';
import { ClusterSwitcher } from './ClusterSwitcher.tsx';
import { drawnTheme } from './theme.ts';
import './TopBar.css';

export function TopBar({ onSearch, onHelp }: { onSearch: () => void; onHelp: () => void }) {
  const theme = drawnTheme(useSettings((store) => store.settings?.theme ?? 'system'));
  const next = theme === 'light' ? 'dark' : 'light';
  const toggle = (): void =>
    void changeSettings({ theme: next }).catch((error: unknown) =>
      showToast({ kind: 'bad', title: t('app.toast.actionFailed'), detail: errorText(error) }),
    );
  return (
    <header className="topbar">
      <div className="topbar-start">
        <span className="topbar-logo" title={t('app.name')}>
          <Sailboat size={20} strokeWidth={1.75} aria-label={t('app.name')} />
        </span>
        <ClusterSwitcher />
      </div>
      <AriaButton className="topbar-search" onPress={onSearch}>
        <Search size={14} aria-hidden />
        <span className="truncate">{t('app.search')}</span>
        <Kbd keys={['mod', 'K']} />
      </AriaButton>
      <div className="topbar-end">
        <IconButton icon={Keyboard} label={`${t('app.help')} (?)`} onPress={onHelp} />
        <IconButton
          icon={theme === 'light' ? Moon : Sun}
          label={theme === 'light' ? t('app.toDark') : t('app.toLight')}
          onPress={toggle}
        />
      </div>
    </header>
  );
}
