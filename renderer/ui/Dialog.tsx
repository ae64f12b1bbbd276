import { X } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { t } from '../i18n/index.ts';
import { Button, IconButton } from './Button.tsx';
import './Dialog.css';

export interface DialogProps {
  title: string;
  isOpen: boolean;
  /** Called by Escape, the close button and a click beside the dialog. */
  onClose: () => void;
  children: ReactNode;
  /** Buttons, the primary one last. */
  actions?: ReactNode;
  /** Width in rem; never wider than the window. */
  width?: number;
  /** A question that a click beside it must not dismiss. */
  isStrict?: boolean;
  role?: 'dialog' | 'alertdialog';
}

export function Dialog({
  title,
  isOpen,
  onClose,
  children,
  actions,
  width = 32,
  isStrict = false,
  role = 'dialog',
}: DialogProps) {
  return (
    <ModalOverlay
      className="scrim"
      isOpen={isOpen}
      isDismissable={!isStrict}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="modal" style={{ width: `min(${String(width)}rem, calc(100vw - 32px))` }}>
        <AriaDialog className="dialog" role={role}>
          <header className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            {isStrict ? null : <IconButton icon={X} label={t('ui.close')} size="dense" onPress={onClose} />}
          </header>
          <div className="dialog-body">{children}</div>
          {actions ? <footer className="dialog-actions">{actions}</footer> : null}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

/** Asks before something that cannot be undone. The safe answer has the focus. */
export function ConfirmDialog({
  title,
  children,
  confirmLabel,
  cancelLabel,
  onConfirm,
  onClose,
  isOpen,
}: {
  title: string;
  children: ReactNode;
  /** Says what will happen: "Cancel the job", not "OK". */
  confirmLabel: string;
  cancelLabel?: string;
  /** While it runs the button waits; the dialog closes when it is done. */
  onConfirm: () => Promise<void> | void;
  onClose: () => void;
  isOpen: boolean;
}) {
  const [isBusy, setBusy] = useState(false);
  const confirm = async (): Promise<void> => {
    setBusy(true);
    try {
      await onConfirm();
    } finally {
      setBusy(false);
      onClose();
    }
  };
  return (
    <Dialog
      title={title}
      isOpen={isOpen}
      onClose={onClose}
      role="alertdialog"
      width={26}
      actions={
        <>
          <Button autoFocus onPress={onClose}>
            {cancelLabel ?? t('ui.cancel')}
          </Button>
          <Button variant="danger" isDisabled={isBusy} onPress={() => void confirm()}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
