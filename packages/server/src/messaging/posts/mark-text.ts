/** Knows a text again without keeping it. */

/** Characters that count. */
const markedLength = 200;

/** A number by which a text is known again, and from which nobody can read it. */
export function markText(text: string): number {
  let mark = text.length;
  for (let index = 0; index < Math.min(text.length, markedLength); index++)
    mark = (Math.imul(mark, 31) + text.charCodeAt(index)) | 0;
  return mark;
}
