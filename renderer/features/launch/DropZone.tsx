import { addFiles, useFormSession, useFormSessionKey } from '../form/index.ts';
import { Upload } from 'lucide-react';
import { useEffect, useState } from 'react';
import { t } from '../../i18n/index.ts';
import { showToast } from '../../ui/index.ts';
import './DropZone.css';

function holdsFiles(event: DragEvent): boolean {
  return event.dataTransfer?.types.includes('Files') ?? false;
}

function slotAt(target: EventTarget | null): string | null {
  return target instanceof Element ? (target.closest<HTMLElement>('[data-slot]')?.dataset['slot'] ?? null) : null;
}

/** Files of a drop. A folder has no bytes of its own to send: its name is told apart. */
function droppedFiles(transfer: DataTransfer): { files: File[]; folders: string[] } {
  const files: File[] = [];
  const folders: string[] = [];
  for (const item of transfer.items) {
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry?.isDirectory) folders.push(entry.name);
    else if (file) files.push(file);
  }
  return { files, folders };
}

/** A drop anywhere in the window goes to the slots that fit; on a slot's row it goes there. */
export function DropZone() {
  const key = useFormSessionKey();
  const slots = useFormSession((session) => session.detail.template.files);
  const [isOver, setOver] = useState(false);

  useEffect(() => {
    const onOver = (event: DragEvent): void => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
      setOver(true);
    };
    const onLeave = (event: DragEvent): void => {
      // only when the pointer leaves the window there is nothing it goes to
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = (event: DragEvent): void => {
      setOver(false);
      if (!event.dataTransfer || !holdsFiles(event)) return;
      event.preventDefault();
      const { files, folders } = droppedFiles(event.dataTransfer);
      for (const name of folders)
        showToast({ kind: 'info', title: t('launch.files.folder', { name }), detail: t('launch.files.folderHint') });
      void addFiles(key, files, files.length === 1 ? slotAt(event.target) : null);
    };
    const onEnd = (): void => setOver(false);
    window.addEventListener('dragover', onOver);
    window.addEventListener('dragleave', onLeave);
    window.addEventListener('drop', onDrop);
    window.addEventListener('dragend', onEnd);
    return () => {
      window.removeEventListener('dragover', onOver);
      window.removeEventListener('dragleave', onLeave);
      window.removeEventListener('drop', onDrop);
      window.removeEventListener('dragend', onEnd);
    };
  }, [key]);

  if (!isOver) return null;
  return (
    <div className="drop-overlay" data-testid="drop-overlay">
      <div className="drop-hint">
        <Upload size={18} aria-hidden />
        <span>
          <strong>{t('launch.files.dropTitle')}</strong>
          {slots.length === 0 ? null : (
            <span className="secondary">{slots.map((slot) => `${slot.name} (${slot.pattern})`).join(' · ')}</span>
          )}
        </span>
      </div>
    </div>
  );
}
