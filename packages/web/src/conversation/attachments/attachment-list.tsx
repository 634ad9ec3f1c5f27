/** What a message brings with it. The height of each is known before it is loaded: the rows of a transcript must not jump. */
import type { Attachment } from 'elizad-client';
import { Download, ExternalLink, File as FileIcon } from 'lucide-react';
import { formatSize } from '../../state/values/size.ts';
import {
  nameHost,
  otherAddress,
  ourAddress,
  readKind,
  readNumber,
  readTitle,
  smallAddress,
} from './attachment-kind.ts';
import styles from './attachment-list.module.css';
import { Picture } from './picture.tsx';

export function AttachmentList({ attachments }: { attachments: readonly Attachment[] }) {
  if (attachments.length === 0) return null;
  return (
    <ul className={styles.list} aria-label="Attachments">
      {attachments.map((attachment, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name, and never change their order.
        <li key={index}>
          <One attachment={attachment} />
        </li>
      ))}
    </ul>
  );
}

function One({ attachment }: { attachment: Attachment }) {
  const kind = readKind(attachment);
  const title = readTitle(attachment);
  const address = ourAddress(attachment);
  if (!address) return <Elsewhere attachment={attachment} title={title} />;
  const card = <FileCard attachment={attachment} address={address} title={title} />;
  const small = kind === 'image' ? smallAddress(attachment) : undefined;
  if (small) return <Picture attachment={attachment} small={small} address={address} title={title} otherwise={card} />;
  if (kind === 'audio')
    // biome-ignore lint/a11y/useMediaCaption: nobody has written down what is said in it.
    return <audio className={styles.audio} src={address} controls preload="metadata" aria-label={title} />;
  if (kind === 'video')
    // biome-ignore lint/a11y/useMediaCaption: nobody has written down what is said in it.
    return <video className={styles.video} src={address} controls preload="metadata" aria-label={title} />;
  return card;
}

function FileCard({ attachment, address, title }: { attachment: Attachment; address: string; title: string }) {
  const size = readNumber(attachment, 'size');
  const facts = [attachment.contentType, size && formatSize(size)].filter(Boolean).join(', ');
  return (
    <a className={styles.card} href={address} download={title}>
      <FileIcon size={22} aria-hidden="true" />
      <span className="visually-hidden">Download</span>
      <Facts title={title} under={facts || 'File'} />
      <Download size={18} aria-hidden="true" />
    </a>
  );
}

function Elsewhere({ attachment, title }: { attachment: Attachment; title: string }) {
  const address = otherAddress(attachment);
  if (!address)
    return (
      <div className={styles.card}>
        <FileIcon size={22} aria-hidden="true" />
        <Facts title={title} under="Cannot be shown here" />
      </div>
    );
  return (
    <a className={styles.card} href={address.href} target="_blank" rel="noreferrer noopener">
      <FileIcon size={22} aria-hidden="true" />
      <Facts title={title} under={nameHost(address)} />
      <ExternalLink size={18} aria-hidden="true" />
    </a>
  );
}

function Facts({ title, under }: { title: string; under: string }) {
  return (
    <span className={styles.facts}>
      <span className={styles.title}>{title}</span>
      <span className={styles.under}>{under}</span>
    </span>
  );
}
