/** What of an agent is a secret, and what is shown in its place. An entry of its own: a page takes it without zod. */

/** What stands in an answer in the place of a secret; sent back, it leaves the secret as it is. */
export const maskedSecret = '********';

/** Settings of a character that are shown to everybody who may see the agent; all others only to who may change it. */
export const openSettings: readonly string[] = [
  'model',
  'fallbackModels',
  'embeddingModel',
  'speechModel',
  'transcriptionModel',
  'voice',
  'avatar',
  'temperature',
  'maxTokens',
  'respond',
  'price',
  'memory',
  'actions',
  'SESSION_TIMEOUT_MINUTES',
  'SESSION_MAX_DURATION_MINUTES',
  'SESSION_WARNING_THRESHOLD_MINUTES',
  'SESSION_AUTO_RENEW',
];

/** Wherever in a name they stand. */
const anywhere =
  /secret|passw|passphrase|passcode|credential|mnemonic|cookie|bearer|jwt|apikey|pwd|(?:access|auth)_?(?:key|token)/;

/** As a word of a name: `STRIPE_KEY`, `accessKey`, `GITHUB_PAT`. */
const words: ReadonlySet<string> = new Set(
  'key keys token tokens pass pwd pin otp seed salt pat auth authorization dsn webhook webhooks private signature'.split(
    ' ',
  ),
);

/** A name with one of each is of an address that has a password in it. */
const stores =
  /^(?:database|db|postgres(?:ql)?|pg|mysql|mariadb|mongo(?:db)?|redis|valkey|amqp|rabbitmq|nats|smtp|jdbc)$/;
const addresses = /^(?:url|uri|connection|string)$/;

/** Longest name that is looked at. */
const mostOfName = 200;

/** Whether what stands under this name, wherever in the settings of a character, is taken for a secret. */
export function isSecretName(name: string): boolean {
  const spread = name
    .slice(0, mostOfName)
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase();
  const parts = spread.split(/[^a-z\d]/);
  const isStore = parts.some((part) => stores.test(part)) && parts.some((part) => addresses.test(part));
  return anywhere.test(spread) || isStore || parts.some((part) => words.has(part)) || spread === 'connection_string';
}

/** Keys, tokens and passwords by their shape, wherever in a text they stand. */
const shapes = [
  /:\/\/[^\s/:@]{0,200}:[^\s/@]{1,500}@/,
  /[?&][\w-]{0,40}(?:key|token|secret|password|signature)=[^\s&]{6,}/,
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY/,
  /(?<![\w-])eyJ[\w-]{10,}\.[\w-]{10,}/,
  /(?<![\w-])(?:sk|gsk|pk|rk|xai|xox[a-z]|whsec|glpat)[-_][\w-]{6,}/,
  /(?<![\w-])(?:github_pat|gh[opsu]|hf|npm|shpat)_\w{20,}/,
  /(?<![\w-])(?:AKIA|ASIA)[A-Z\d]{12,}/,
  /(?<![\w-])AIza[\w-]{30,}/,
  /(?<![\w-])Bearer [^\s"']{8,}/,
]
  .map(({ source }) => source)
  .join('|');
const anyShape = new RegExp(shapes);
const everyShape = new RegExp(shapes, 'g');

/** Whether a text is, or holds, what looks like a secret. */
export const isSecretText = (text: string): boolean => anyShape.test(text) || isRandom(text);

/** The text with `shown` in the place of what has the shape of a secret: for words of others, on their way into a log. */
export const hideSecretShapes = (text: string, shown: string): string => text.replace(everyShape, shown);

/** Longest text that may be nothing but a key. */
const mostOfKey = 4_096;

/** Ids, and the addresses of wallets, which everybody may know. */
const known = /^(?:[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|0x[\da-f]{40})$/i;

/**
 * Letters and digits mixed as no one mixes them who means something. Names of models, ids with their dashes and addresses
 * of pictures are none.
 */
function isRandom(text: string): boolean {
  if (text.length < 20 || text.length > mostOfKey || !/^[\w+/=.~-]+$/.test(text)) return false;
  if (known.test(text) || text.startsWith('/')) return false;
  const turns = text.match(/[a-z](?=[A-Z])|[A-Za-z](?=\d)|\d(?=[A-Za-z])/g)?.length ?? 0;
  if (text.length >= 32 && turns / text.length > 0.18) return true;
  return text.split(/[^A-Za-z\d]/).some((piece) => piece.length >= 20 && countDigits(piece) >= 2 && mixOf(piece) > 3);
}

const countDigits = (text: string): number => text.match(/\d/g)?.length ?? 0;

/** Bits in one character of a text, by how often each stands in it. */
function mixOf(text: string): number {
  const counts = new Map<string, number>();
  for (const letter of text) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - (count / text.length) * Math.log2(count / text.length), 0);
}
