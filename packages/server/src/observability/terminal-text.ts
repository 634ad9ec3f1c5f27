/** Words of others, fit for a terminal: nothing in them moves its cursor, writes its clipboard or turns its lines round. */

/** Control characters but line feed and tab, of both sets, and those that change the direction of what follows. */
const unfit = /[^\P{Cc}\n\t]|\p{Bidi_Control}/gu;

export const toTerminalText = (text: string): string => text.replace(unfit, '');

/** The same in one line: a name that goes on below could put words into anybody's mouth. */
export const toTerminalLine = (text: string): string => toTerminalText(text).replace(/[\n\t]+/g, ' ');
