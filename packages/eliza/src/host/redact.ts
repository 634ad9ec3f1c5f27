/** Takes secrets out of words that leave the process: values of the environment that look like one, and shapes of keys. */

const secretName = /key|token|secret|password|passwd|credential|auth|private|mnemonic|seed/i;
const keyShape = /\b(?:sk|pk|rk|gsk|xai|key|ghp|xox[bap]|AIza|Bearer)[-_ ][\w.-]{8,}|\bAIza[\w-]{20,}/g;
const shortestSecret = 8;

const secrets = Object.entries(process.env)
  .flatMap(([name, value]) => (value && value.length >= shortestSecret && secretName.test(name) ? [value] : []))
  // A longer one may contain a shorter one.
  .sort((a, b) => b.length - a.length);

export function redact(words: string): string {
  let clean = words;
  for (const secret of secrets) clean = clean.replaceAll(secret, '…');
  return clean.replace(keyShape, '…');
}

export const isSecretName = (name: string): boolean => secretName.test(name);
