import { ChevronDown, type LucideIcon } from 'lucide-react';
import { useRef, type ReactElement, type ReactNode } from 'react';
import {
  Keyboard,
  Menu as AriaMenu,
  MenuItem,
  MenuTrigger,
  Popover as AriaPopover,
  Separator,
} from 'react-aria-components';
import { Button } from './Button.tsx';
import './Select.css';
import './Menu.css';

export type MenuEntry =
  | {
      kind?: 'item';
      id: string;
      label: string;
      detail?: ReactNode;
      icon?: LucideIcon;
      shortcut?: string;
      isDanger?: boolean;
      isDisabled?: boolean;
      onAction: () => void;
    }
  | { kind: 'separator'; id: string };

function menuItem(entry: MenuEntry): ReactElement {
  return entry.kind === 'separator' ? (
    <Separator key={entry.id} className="menu-separator" />
  ) : (
    <MenuItem
      key={entry.id}
      id={entry.id}
      textValue={entry.label}
      className={entry.isDanger ? 'menu-item menu-danger' : 'menu-item'}
      isDisabled={entry.isDisabled ?? false}
      onAction={entry.onAction}
    >
      <span className="menu-icon">{entry.icon ? <entry.icon size={14} aria-hidden /> : null}</span>
      <span className="menu-label">{entry.label}</span>
      {entry.detail ? <span className="menu-detail">{entry.detail}</span> : null}
      {entry.shortcut ? <Keyboard className="menu-shortcut">{entry.shortcut}</Keyboard> : null}
    </MenuItem>
  );
}

/** A menu on a button of this kit. */
export function Menu({
  trigger,
  label,
  entries,
}: {
  trigger: ReactElement;
  label: string;
  entries: readonly MenuEntry[];
}) {
  return (
    <MenuTrigger>
      {trigger}
      <AriaPopover className="popover" offset={4}>
        <AriaMenu className="menu" aria-label={label}>
          {entries.map(menuItem)}
        </AriaMenu>
      </AriaPopover>
    </MenuTrigger>
  );
}

/** A menu at a place of the window, in px from its upper left corner: what a right click opens. */
export function ContextMenu({
  place,
  label,
  entries,
  onClose,
}: {
  place: { readonly x: number; readonly y: number };
  label: string;
  entries: readonly MenuEntry[];
  onClose: () => void;
}) {
  const anchor = useRef<HTMLSpanElement>(null);
  return (
    <>
      <span ref={anchor} className="menu-anchor" style={{ left: place.x, top: place.y }} />
      <AriaPopover
        className="popover"
        isOpen
        triggerRef={anchor}
        placement="bottom start"
        offset={0}
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
      >
        <AriaMenu className="menu" aria-label={label} autoFocus="first" onClose={onClose}>
          {entries.map(menuItem)}
        </AriaMenu>
      </AriaPopover>
    </>
  );
}

/** A button with a caret that opens a menu. */
export function MenuButton({
  children,
  entries,
  label,
  size = 'normal',
  isDisabled = false,
}: {
  children: ReactNode;
  entries: readonly MenuEntry[];
  label: string;
  size?: 'normal' | 'dense';
  isDisabled?: boolean;
}) {
  return (
    <Menu
      label={label}
      entries={entries}
      trigger={
        <Button size={size} isDisabled={isDisabled}>
          <span className="menu-button">
            {children}
            <ChevronDown size={12} aria-hidden />
          </span>
        </Button>
      }
    />
  );
}
