/** What of an agent is a secret, and what is shown in its place. An entry of its own: a page takes it without zod. */

/** What stands in an answer in the place of a secret; sent back, it leaves the secret as it is. */
export const maskedSecret = '********';

/** The name of a text that is one, wherever in the settings of a character it stands. */
export const secretName = /(api_?key|private_?key|secret|token|password|passphrase|credentials?|authorization)$/i;
