/** A conversation that takes files which are dropped on it, and says so while they hover. */
import { type DragEvent, type ReactNode, useEffect, useState } from 'react';
import { addFiles } from '../../state/messages/uploads.ts';
import { showError } from '../../state/toasts.ts';
import styles from './drop-zone.module.css';

const hasFiles = ({ dataTransfer }: { dataTransfer: DataTransfer | null }): boolean =>
  dataTransfer?.types.includes('Files') ?? false;

/** Folders come as files without bytes. */
function readFiles({ items, files }: DataTransfer): File[] {
  const isFolder = [...items].filter(({ kind }) => kind === 'file').map((item) => item.webkitGetAsEntry()?.isDirectory);
  if (isFolder.includes(true)) showError(new Error('Folders are not taken. Drop the files in them.'));
  return [...files].filter((_, index) => !isFolder[index]);
}

export function DropZone({ roomId, children }: { roomId: string; children: ReactNode }) {
  const [isOver, setOver] = useState(false);
  useEffect(() => {
    // Beside the conversation a file would be opened in place of the page.
    const keepPage = (event: globalThis.DragEvent) => hasFiles(event) && event.preventDefault();
    addEventListener('dragover', keepPage);
    addEventListener('drop', keepPage);
    return () => {
      removeEventListener('dragover', keepPage);
      removeEventListener('drop', keepPage);
    };
  }, []);
  const over = (event: DragEvent) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    setOver(true);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: by keyboard files are attached with the button beside the box.
    <div
      className={styles.zone}
      onDragEnter={over}
      onDragOver={over}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        if (!hasFiles(event)) return;
        event.preventDefault();
        setOver(false);
        addFiles(roomId, readFiles(event.dataTransfer));
      }}
    >
      {children}
      {isOver && <p className={styles.hint}>Drop files to attach them</p>}
    </div>
  );
}
