/** Files that go up to a room while one still writes; those that are there outlive a reload of the page. */
import { type Attachment, newId, RequestFailed } from 'elizad-client';
import { app } from '../app-state.ts';
import { keep, readKeptJson } from '../kept.ts';
import { client } from '../session.ts';
import { createStore } from '../store.ts';
import { describeError } from '../toasts.ts';
import { formatSize } from '../values/size.ts';
import { isRecord, listAttachments } from './message.ts';

export type Upload = {
  id: string;
  name: string;
  size: number;
  type: string;
  /** `refused` cannot be tried again: the file itself will not do. */
  state: 'waiting' | 'sending' | 'done' | 'failed' | 'refused';
  /** How much of it is sent, 0 to 1. */
  part: number;
  error?: string;
  hint?: string;
  /** Where this page can draw it, of pictures. */
  preview?: string;
  attachment?: Attachment;
};

/** As many as a message may have. */
const mostFiles = 50;
const mostAtOnce = 3;
const refusals = new Set(['file-too-large', 'unsupported-file-type', 'file-missing']);

type Source = { file: File; stop: AbortController };
const sources = new Map<string, Source>();
const queue: (() => Promise<void>)[] = [];
let underWay = 0;

export const noUploads: readonly Upload[] = [];
/** By room. */
export const uploads = createStore<Readonly<Record<string, readonly Upload[]>>>({});

const keptName = (roomId: string): string => `uploads-${roomId}`;

/** With those that were there before the page was loaded. */
export function openUploads(roomId: string): void {
  if (uploads.get()[roomId]) return;
  change(roomId, () => listKept(roomId));
}

function listKept(roomId: string): Upload[] {
  const kept = readKeptJson(keptName(roomId));
  return (Array.isArray(kept) ? kept : []).filter(isRecord).flatMap((one): Upload[] => {
    const { id, name, size, type } = one;
    const [attachment] = listAttachments([one.attachment]);
    if (typeof id !== 'string' || typeof name !== 'string' || !attachment) return [];
    return [{ id, name, size: Number(size) || 0, type: String(type), state: 'done', part: 1, attachment }];
  });
}

export function addFiles(roomId: string, files: readonly File[]): void {
  openUploads(roomId);
  for (const file of files) {
    const { name, size, type } = file;
    const refusal = findFault(roomId, file);
    const id = newId();
    const upload: Upload = { id, name, size, type, part: 0, state: refusal ? 'refused' : 'waiting', ...refusal };
    if (!refusal) sources.set(id, { file, stop: new AbortController() });
    const preview = !refusal && type.startsWith('image/') ? { preview: URL.createObjectURL(file) } : {};
    change(roomId, (now) => [...now, { ...upload, ...preview }]);
    if (!refusal) start(roomId, id);
  }
}

function findFault(roomId: string, { name, size }: File): { error: string; hint: string } | undefined {
  const most = app.get().limits?.maxUploadBytes ?? Number.POSITIVE_INFINITY;
  if (size === 0) return { error: `${name} is empty.`, hint: 'Choose a file that is not empty.' };
  if (size > most)
    return {
      error: `${name} is too large: ${formatSize(size)}, the maximum is ${formatSize(most)}.`,
      hint: 'Make it smaller, or ask the operator to raise MAX_UPLOAD_BYTES.',
    };
  if ((uploads.get()[roomId]?.length ?? 0) >= mostFiles)
    return { error: `${name} is one file too many.`, hint: `Send these ${mostFiles} first, then the rest.` };
  return undefined;
}

export function retryUpload(roomId: string, id: string): void {
  const source = sources.get(id);
  if (!source) return;
  sources.set(id, { ...source, stop: new AbortController() });
  changeOne(roomId, id, ({ error: _, hint: __, ...now }) => ({ ...now, state: 'waiting', part: 0 }));
  start(roomId, id);
}

export function removeUpload(roomId: string, id: string): void {
  sources.get(id)?.stop.abort();
  forget(uploads.get()[roomId]?.filter((one) => one.id === id) ?? []);
  change(roomId, (now) => now.filter((one) => one.id !== id));
}

/** What a message takes with it; what failed stays behind. */
export function takeAttachments(roomId: string): Attachment[] {
  const done = (uploads.get()[roomId] ?? []).filter(({ state }) => state === 'done');
  forget(done);
  change(roomId, (now) => now.filter((one) => !done.includes(one)));
  return done.flatMap(({ attachment }) => (attachment ? [attachment] : []));
}

function forget(gone: readonly Upload[]): void {
  for (const { id, preview } of gone) {
    sources.delete(id);
    if (preview) URL.revokeObjectURL(preview);
  }
}

function start(roomId: string, id: string): void {
  queue.push(() => send(roomId, id));
  void work();
}

async function work(): Promise<void> {
  if (underWay >= mostAtOnce) return;
  const next = queue.shift();
  if (!next) return;
  underWay += 1;
  await next();
  underWay -= 1;
  void work();
}

async function send(roomId: string, id: string): Promise<void> {
  const source = sources.get(id);
  if (!source || source.stop.signal.aborted) return;
  changeOne(roomId, id, (now) => ({ ...now, state: 'sending' }));
  try {
    const [{ data }, place] = await Promise.all([
      client().http.upload('upload-channel-media', {
        params: { channelId: roomId },
        file: source.file,
        signal: source.stop.signal,
        onProgress: (part) => changeOne(roomId, id, (now) => ({ ...now, part })),
      }),
      measure(source.file),
    ]);
    const { url, originalName, type, size, thumbnailUrl } = data;
    const attachment: Attachment = { id: data.id, url, title: originalName, contentType: type, size, ...place };
    if (thumbnailUrl !== null) attachment.thumbnailUrl = thumbnailUrl;
    changeOne(roomId, id, (now) => ({ ...now, state: 'done', part: 1, attachment }));
  } catch (error) {
    if (source.stop.signal.aborted) return;
    const { text, hint } = describeError(error);
    const isRefused = error instanceof RequestFailed && refusals.has(error.details.code);
    const fault = { error: text, ...(hint && { hint }) };
    changeOne(roomId, id, (now) => ({ ...now, ...fault, state: isRefused ? 'refused' : 'failed' }));
  }
}

/** How large a picture is, so that whoever reads it can keep its place; nothing of what is none. */
async function measure(file: File): Promise<Record<string, number>> {
  if (!file.type.startsWith('image/')) return {};
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  } catch {
    return {};
  }
}

function changeOne(roomId: string, id: string, how: (now: Upload) => Upload): void {
  change(roomId, (now) => now.map((one) => (one.id === id ? how(one) : one)));
}

function change(roomId: string, how: (now: readonly Upload[]) => readonly Upload[]): void {
  const before = uploads.get()[roomId] ?? noUploads;
  const now = how(before);
  uploads.set((state) => ({ ...state, [roomId]: now }));
  const done = now.filter(({ state }) => state === 'done').map(({ preview: _, ...one }) => one);
  if (done.length > 0 || before.some(({ state }) => state === 'done'))
    keep(keptName(roomId), done.length > 0 ? JSON.stringify(done) : undefined);
}
