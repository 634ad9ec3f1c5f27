/** Sends a form with a file: over XMLHttpRequest where there is one, since fetch does not tell how much is sent. */
export type Sending = {
  method: string;
  url: string;
  headers: Record<string, string>;
  form: FormData;
  onProgress?: ((part: number) => void) | undefined;
  signal?: AbortSignal | undefined;
};

type Answered = { status: number; text: string; retryAfter: string | null };

/** Rejects with `TypeError` when the server cannot be reached, and with the reason of the signal when that fires. */
export async function sendForm(sending: Sending): Promise<Answered> {
  if (typeof XMLHttpRequest !== 'undefined') return sendByXhr(sending);
  const { method, url, headers, form, signal } = sending;
  const response = await fetch(url, { method, headers, body: form, ...(signal && { signal }) });
  return { status: response.status, text: await response.text(), retryAfter: response.headers.get('retry-after') };
}

function sendByXhr({ method, url, headers, form, onProgress, signal }: Sending): Promise<Answered> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const xhr = new XMLHttpRequest();
    xhr.open(method, url);
    for (const [name, value] of Object.entries(headers)) xhr.setRequestHeader(name, value);
    const abort = () => xhr.abort();
    signal?.addEventListener('abort', abort, { once: true });
    xhr.upload.onprogress = ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) onProgress?.(loaded / total);
    };
    xhr.onload = () =>
      resolve({ status: xhr.status, text: xhr.responseText, retryAfter: xhr.getResponseHeader('retry-after') });
    xhr.onerror = () => reject(new TypeError('The server cannot be reached.'));
    xhr.onabort = () => reject(signal?.reason ?? new DOMException('The upload was stopped.', 'AbortError'));
    xhr.onloadend = () => signal?.removeEventListener('abort', abort);
    xhr.send(form);
  });
}
