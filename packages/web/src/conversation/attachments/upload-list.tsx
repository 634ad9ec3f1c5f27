/** The files of a message that is being written: what each is, how far it is, and what is wrong with it. */
import { File as FileIcon, RotateCcw, X } from 'lucide-react';
import { useState } from 'react';
import { removeUpload, retryUpload, type Upload } from '../../state/messages/uploads.ts';
import { formatSize } from '../../state/values/size.ts';
import { Button } from '../../ui/button.tsx';
import { readKind, smallAddress } from './attachment-kind.ts';
import styles from './upload-list.module.css';

export function UploadList({ roomId, uploads }: { roomId: string; uploads: readonly Upload[] }) {
  if (uploads.length === 0) return null;
  return (
    <ul className={styles.uploads} aria-label="Files to send">
      {uploads.map((upload) => (
        <UploadCard key={upload.id} roomId={roomId} upload={upload} />
      ))}
    </ul>
  );
}

function UploadCard({ roomId, upload }: { roomId: string; upload: Upload }) {
  const { id, name, size, state, part, error, hint } = upload;
  const isUnderWay = state === 'waiting' || state === 'sending';
  const percent = Math.round(part * 100);
  return (
    <li className={styles.upload} data-state={state}>
      <Preview upload={upload} />
      <div className={styles.facts}>
        <p className={styles.name} title={name}>
          {name}
        </p>
        {isUnderWay && <progress max={100} value={percent} aria-label={`Upload of ${name}`} />}
        {!isUnderWay && !error && <p className={styles.soft}>{formatSize(size)}</p>}
        {error && (
          <div role="alert" className={styles.error}>
            <p>{error}</p>
            <p>{hint}</p>
          </div>
        )}
      </div>
      <div className={styles.deeds}>
        {state === 'failed' && (
          <Button look="quiet" aria-label={`Upload ${name} again`} onClick={() => retryUpload(roomId, id)}>
            <RotateCcw size={16} aria-hidden="true" />
          </Button>
        )}
        <Button look="quiet" aria-label={`Remove ${name}`} onClick={() => removeUpload(roomId, id)}>
          <X size={16} aria-hidden="true" />
        </Button>
      </div>
    </li>
  );
}

function Preview({ upload: { name, preview, attachment } }: { upload: Upload }) {
  const [isBroken, setBroken] = useState(false);
  const address = preview ?? (attachment && readKind(attachment) === 'image' ? smallAddress(attachment) : undefined);
  return address && !isBroken ? (
    <img className={styles.preview} src={address} alt={`Preview of ${name}`} onError={() => setBroken(true)} />
  ) : (
    <span className={styles.preview}>
      <FileIcon size={20} aria-hidden="true" />
    </span>
  );
}
