/** Failures that went wrong in the same way get the same fingerprint: what differs from call to call is folded away. */

const month = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}';
const clock = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:\s?[ap]\.?m\b\.?)?(?:\s?(?:z|utc|gmt)\b)?(?:\s?[+-]\d{2}:?\d{2}\b)?(?:\s?\([a-z]{2,5}\))?`;
/** As people write them where they live: 1,234.5 and 1.234,5 and 1'234.5, and with the narrow spaces of French. */
const amount = String.raw`(?:\d{1,3}(?:[,.'’\u00a0\u2009\u202f]\d{3})+|\d+)(?:[.,]\d+)?`;
/** Words by underscores, each with few digits: the name of an error or of a field, however long it is. */
const named = String.raw`(?!(?:[A-Z]+\d{0,3}(?:_[A-Z]*\d{0,3}){1,12}|[a-z]+\d{0,3}(?:_[a-z]*\d{0,3}){1,12})(?![\w-]))`;
/** Words before the underscore or the hyphen of an identifier that may be short. */
const prefixes = '(?:req|request|call|toolu|chatcmpl|resp|msg|run|sess|session|trace|span|task|job|order|org|batch|thread|asst|evt|event|txn|tx|cus|acct|conv|inv)';

/** In this order: what is longer and surer goes first. Repetitions are bounded, for the text is hostile. */
const folds: readonly (readonly [RegExp, string])[] = [
  // Colours of a terminal.
  // oxlint-disable-next-line no-control-regex -- the escape itself is what is looked for
  [/\u001b\[[\d;]{0,20}[a-z]/gi, ''],
  // The apostrophe of "can't" opens no quotation, and that of 1'234 neither.
  [/"(?:[^"\\]|\\.){0,500}"|(?<!\w)[bru]{0,2}'(?:[^'\\\n]|\\.){0,500}'(?!\w)|`[^`\n]{0,500}`|[“„«][^”»\n]{0,500}[”»]/gi, '"…"'],
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)]+/gi, '<url>'],
  [/\bhttp\/\d(?:\.\d)?/gi, 'http'],
  // Also as the content level "redacted" leaves them, with as many stars as there were letters.
  [/(?<![\w.+*-])[\w.+*-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}\b/g, '<mail>'],
  [/[\w-]{0,32}\*{3,}[\w-]{0,32}/g, '<masked>'],
  [new RegExp(`\\b\\d{4}-\\d{2}-\\d{2}(?:[t ]${clock})?(?!\\w)`, 'gi'), '#'],
  [new RegExp(`\\b\\d{1,4}([./])\\d{1,2}\\1\\d{2,4}(?:,?\\s${clock})?(?![\\w/])`, 'gi'), '#'],
  [new RegExp(`(?<![\\w.:])${clock}(?![\\w:])`, 'gi'), '#'],
  [/(?<![\w/])(?:[a-z]:|~|\.{1,2})?(?:[\\/][\w.@%+~-]{1,255}){2,}[\\/]?(?::\d+){0,2}/gi, '<path>'],
  [/(?<![\w/\\.])(?:[\w@+-][\w.@%+~-]{0,100})?(?:[\\/][\w@%+~-]{1,100}){1,20}\.[a-z]\w{0,7}(?::\d+){0,2}(?!\w)/gi, '<path>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '#'],
  // Results of Windows begin so (0x80070005, 0xC0000005): they say what went wrong, other hexadecimal numbers only where.
  [/\b0x(?!(?:800|c00)[0-9a-f]{5}\b)[0-9a-f]+\b/gi, '#'],
  [new RegExp(`\\b${named}(?=[A-Za-z_-]*\\d)[\\w-]{16,}\\b`, 'g'), '#'],
  [new RegExp(`\\b${prefixes}[_-](?=[a-z]{0,40}\\d)[\\w-]{4,60}\\b`, 'gi'), '#'],
  [/(?<=\bid[\s:=#]{1,3})(?=[a-z_-]{0,40}\d)[\w-]{1,100}/gi, '#'],
  [/(?<!\w|0x)(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,}\b/gi, '#'],
  [/\[(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:%\w{1,16})?\](?::\d{1,5})?/gi, '#'],
  [/(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,5}(?:%\w{1,16})?(?![\w:])/gi, '#'],
  [new RegExp(`\\b(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\\s+)?(?:\\d{1,2}\\s+${month}|${month}\\s+\\d{1,2})\\b`, 'gi'), '#'],
  // Months of other languages.
  [/(?<!\w)\d{1,2}\.?\s(?:de\s)?\p{L}{3,10}\.?\s(?:de\s)?(?:19|20)\d{2}(?!\w)/gu, '#'],
  [/\b\d+(?:\.\d+)?e[+-]?\d{1,3}\b/gi, '#'],
  [new RegExp(`(?:\\b${amount}\\s?(?:ms|us|µs|ns|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)(?![\\w]))+|\\b(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d)){2,6}\\b`, 'gi'), '<time>'],
  [new RegExp(`\\b${amount}\\s?(?:[kmgt]i?b|bytes?)\\b`, 'gi'), '<size>'],
  // States of SQL are kept (42P01). Letters between digits: no word, and no name with its number (sha256, utf8) either.
  [/(?<!\bsqlstate[\s:=([]{0,3})(?<!\w)(?!0x)\w{0,15}\d[a-z]{1,15}\d\w{0,15}\b/gi, '#'],
];

const number = new RegExp(`\\d{1,3}(?:[,.'’\\u00a0\\u2009\\u202f]\\d{3})+(?:[.,]\\d+)?(?!\\d)|\\d+(?:[.,:]\\d+)*`, 'g');
const beforeStatus = /(?:^\s*|\b(?:http|status|code|error)[\s:=(_]{0,3})$/i;
const beforeExit = /\b(?:exit(?:ed)?|returned)(?: with)?(?: (?:code|status|non-zero exit status|non-zero code))?[\s:=(]{0,3}$|\berrno[\s:=]{0,2}-?$|\bsignal[\s:=]{0,2}$/i;
const beforeProtocol = /\b(?:error|code)[\s:=]{0,3}-$/i;
/** Catalogues of faults whose numbers are names: databases, compilers, Entra. And what was kept above. */
const beforeName = /\b(?:sqlstate[\s:=([]{0,3}[0-9a-z]{0,4}|(?:ora|pls|tns|dpy)-|aadsts|error ?\[e|ts|cs|msb|lnk)$|\b0x[0-9a-f]{0,7}$/i;

/** A few numbers say what went wrong: statuses of HTTP, exit codes, signals, errors of JSON-RPC and of known catalogues. Every other one only says which. */
function foldNumber(digits: string, at: number, text: string): string {
  if (digits.length > 8 || !/^\d+$/.test(digits)) return '#';
  const before = text.slice(Math.max(0, at - 48), at);
  if (beforeName.test(before)) return digits;
  if (digits.length === 3 && (digits.startsWith('4') || digits.startsWith('5')) && beforeStatus.test(before)) return digits;
  if (digits.length <= 3 && beforeExit.test(before)) return digits;
  return digits.startsWith('32') && digits.length === 5 && beforeProtocol.test(before) ? digits : '#';
}

const told = /["']message["']\s*:\s*(?:"((?:[^"\\]|\\.){1,400})"|'((?:[^'\\]|\\.){1,400})')/g;
const tag = /["'](?:type|code|status|reason)["']\s*:\s*["']?([\w.-]{1,60})/g;

/**
 * Answers of model providers come as JSON, or as Python writes it, around the sentence that says what went wrong. Folding the quoted
 * values would leave only the shape: every refusal of a provider would be the same fault.
 */
function unwrapped(text: string): string {
  const open = text.indexOf('{');
  if (open < 0) return text;
  const said = [...text.matchAll(told)].at(-1);
  if (said === undefined) return text;
  const tags = [...text.matchAll(tag)].map((match) => match[1] ?? '').filter((word) => /[a-z]/i.test(word) && !/^(?:null|none|true|false|error)$/i.test(word));
  return `${text.slice(0, open)}${[...new Set(tags)].join(' ')}: ${(said[1] ?? said[2] ?? '').replaceAll(/\\(.)/g, '$1')}`;
}

/** Only the beginning of a message counts: long ones end in dumps that differ. */
const counted = 400;

function folded(text: string): string {
  // Digits of other scripts are digits: which ones makes no difference.
  let rest = text.replaceAll(/(?![0-9])\p{Nd}/gu, '0');
  for (const [pattern, stand] of folds) rest = rest.replace(pattern, stand);
  return rest.replace(number, foldNumber).replace(/\s+/g, ' ').trim().slice(0, counted).toLowerCase();
}

export const normalisedMessage = (message: string): string => folded(unwrapped(message.slice(0, 4 * counted)).slice(0, 2 * counted));

const python = /^\s*File "([^"]*)", line \d+(?:, in (.+))?$/;
const called = /^\s*at (?:async )?(?:new )?(.+?) \((.*)\)$/;
const placed = /^\s*at (?:async )?(\S+)$/;
const place = /(?::\d+){0,2}\)?$/;

/** Of a file only its own name, without the folder it was installed in, the line, and the mark of a build. */
function fileOf(path: string): string {
  const bare = path.replace(/[?#].*$/, '').replace(place, '');
  const name = bare.slice(Math.max(bare.lastIndexOf('/'), bare.lastIndexOf('\\')) + 1);
  return name.replaceAll(/[-.](?=[0-9a-z_]*\d)[0-9a-z_]{6,}(?=\.)/gi, '').toLowerCase();
}

/** The top of a stack as `function in file`: the same frame on another machine, in another folder or build is the same. */
export function normalisedFrame(frame: string): string {
  const line = frame.slice(0, 1000).trim();
  const py = python.exec(line);
  if (py !== null) return `${(py[2] ?? '<module>').toLowerCase()} in ${fileOf(py[1] ?? '')}`;
  const call = called.exec(line);
  if (call !== null) return `${(call[1] ?? '').toLowerCase()} in ${fileOf(call[2] ?? '')}`;
  const spot = placed.exec(line);
  return spot === null ? folded(line) : `<anonymous> in ${fileOf(spot[1] ?? '')}`;
}

export interface FailureShape {
  readonly kind: number;
  readonly name: string;
  readonly errorType: string;
  readonly message: string;
  readonly stackTop: string;
}

/** Begins with its version: no text of another one can be the same. */
export function fingerprintText(shape: FailureShape): string {
  return ['3', shape.kind, shape.name, shape.errorType, normalisedMessage(shape.message), shape.stackTop === '' ? '' : normalisedFrame(shape.stackTop)].join('\n');
}
