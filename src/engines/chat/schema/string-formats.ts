/**
 * The formats of strings that a grammar can hold, and what an answer is checked against. Dates are checked by their shape: the 31st of
 * a short month passes.
 */
const fullDate = '[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])';
const fullTime = '(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?(?:Z|[+\\-](?:[01][0-9]|2[0-3]):[0-5][0-9])';
const byte = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';
const label = '[A-Za-z0-9](?:[A-Za-z0-9\\-]{0,60}[A-Za-z0-9])?';

/** A regular expression for each format. */
export const stringFormats: Readonly<Record<string, string>> = {
  date: `^${fullDate}$`,
  time: `^${fullTime}$`,
  'date-time': `^${fullDate}T${fullTime}$`,
  uuid: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
  ipv4: `^${byte}\\.${byte}\\.${byte}\\.${byte}$`,
  email: `^[A-Za-z0-9_%+\\-](?:[A-Za-z0-9._%+\\-]{0,62}[A-Za-z0-9_%+\\-])?@${label}(?:\\.${label}){1,4}$`,
  hostname: `^${label}(?:\\.${label}){0,4}$`,
  uri: "^[a-z][a-z0-9+.\\-]{0,15}://[A-Za-z0-9._~:/?#@!$&'()*+,;=%\\-]{1,1000}$",
};
