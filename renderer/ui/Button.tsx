import type { LucideIcon } from 'lucide-react';
import type { ReactNode, RefAttributes } from 'react';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components';
import { Tooltip } from './Tooltip.tsx';
import './Button.css';

type Shared = Omit<AriaButtonProps, 'className' | 'style' | 'children'> & RefAttributes<HTMLButtonElement>;

export interface ButtonProps extends Shared {
  /** `primary`: at most one per screen. `quiet`: no frame until hovered. */
  variant?: 'primary' | 'plain' | 'danger' | 'quiet';
  size?: 'normal' | 'dense';
  icon?: LucideIcon;
  children: ReactNode;
}

export function Button({ variant = 'plain', size = 'normal', icon: Icon, children, ...rest }: ButtonProps) {
  return (
    <AriaButton {...rest} className={`button button-${variant} button-${size}`}>
      {Icon && <Icon size={14} aria-hidden />}
      <span className="button-text">{children}</span>
    </AriaButton>
  );
}

export interface IconButtonProps extends Shared {
  icon: LucideIcon;
  /** What it does, for the tooltip and for screen readers. */
  label: string;
  size?: 'normal' | 'dense';
  variant?: 'quiet' | 'plain';
  pressed?: boolean;
  placement?: 'top' | 'bottom' | 'left' | 'right';
}

export function IconButton({
  icon: Icon,
  label,
  size = 'normal',
  variant = 'quiet',
  pressed,
  placement = 'bottom',
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} placement={placement}>
      <AriaButton
        {...rest}
        aria-label={label}
        {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
        className={`button button-icon button-${variant} button-${size}`}
      >
        <Icon size={size === 'dense' ? 14 : 16} aria-hidden />
      </AriaButton>
    </Tooltip>
  );
}
