/**
 * How the second version of the rules told failures apart. Kept so that a group of then goes on in the same group, as with
 * fingerprint-first.ts. Never to be changed.
 */
import type { FailureShape } from './fingerprint.ts';

const month = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}';

/** In this order: what is longer and surer goes first. Repetitions are bounded, for the text is hostile. */
const folds: readonly (readonly [RegExp, string])[] = [
  // The apostrophe of "can't" opens no quotation.
  [/"(?:[^"\\]|\\.){0,500}"|(?<!\w)[bru]{0,2}'(?:[^'\\\n]|\\.){0,500}'(?!\w)|`[^`\n]{0,500}`|[“„«][^”»\n]{0,500}[”»]/gi, '"…"'],
  [/\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)]+/gi, '<url>'],
  [/\bhttp\/\d(?:\.\d)?/gi, 'http'],
  [/\b[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}\b/g, '<mail>'],
  [/(?<![\w/])(?:[a-z]:|~|\.{1,2})?(?:[\\/][\w.@%+~-]{1,255}){2,}[\\/]?(?::\d+){0,2}/gi, '<path>'],
  [/(?<![\w/\\.])(?:[\w@+-][\w.@%+~-]{0,100})?(?:[\\/][\w@%+~-]{1,100}){1,20}\.[a-z]\w{0,7}(?::\d+){0,2}(?!\w)/gi, '<path>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b0x[0-9a-f]+\b/gi, '<hex>'],
  [/\b(?=[a-z_-]*\d)[\w-]{16,}\b/gi, '<id>'],
  [/\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{6,}\b/gi, '<hex>'],
  [/(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,5}(?![\w:])/gi, '#'],
  [new RegExp(`\\b(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\\s+)?(?:\\d{1,2}\\s+${month}|${month}\\s+\\d{1,2})\\b`, 'gi'), '#'],
  [/(?:\b\d+(?:\.\d+)?\s?(?:ms|us|µs|ns|s|secs?|seconds?|m|mins?|minutes?|h|hours?|d|days?)(?![\w]))+|\b(?:\d+(?:\.\d+)?(?:ms|s|m|h|d)){2,6}\b/gi, '<time>'],
  [/\b\d+(?:\.\d+)?\s?(?:[kmgt]i?b|bytes?)\b/gi, '<size>'],
  // Letters between digits: no word, and no name with its number (sha256, utf8) either.
  [/\b\w{0,15}\d[a-z]{1,15}\d\w{0,15}\b/gi, '<id>'],
];

const number = /\d+(?:[.,:]\d+)*/g;
const beforeStatus = /(?:^\s*|\b(?:http|status|code|error)[\s:=(_]{0,3})$/i;
const beforeExit = /\b(?:exit(?:ed)?|returned)(?: with)?(?: (?:code|status|non-zero exit status|non-zero code))?[\s:=(]{0,3}$|\berrno[\s:=]{0,2}$/i;
const beforeProtocol = /\b(?:error|code)[\s:=]{0,3}-$/i;

/** A few numbers say what went wrong: statuses of HTTP, exit codes, errors of JSON-RPC. Every other one only says which. */
function foldNumber(digits: string, at: number, text: string): string {
  if (digits.length > 5 || !/^\d+$/.test(digits)) return '#';
  const before = text.slice(Math.max(0, at - 48), at);
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
  let rest = text;
  for (const [pattern, stand] of folds) rest = rest.replace(pattern, stand);
  return rest.replace(number, foldNumber).replace(/\s+/g, ' ').trim().slice(0, counted).toLowerCase();
}

const normalisedMessage = (message: string): string => folded(unwrapped(message.slice(0, 4 * counted)).slice(0, 2 * counted));

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
function normalisedFrame(frame: string): string {
  const line = frame.slice(0, 1000).trim();
  const py = python.exec(line);
  if (py !== null) return `${(py[2] ?? '<module>').toLowerCase()} in ${fileOf(py[1] ?? '')}`;
  const call = called.exec(line);
  if (call !== null) return `${(call[1] ?? '').toLowerCase()} in ${fileOf(call[2] ?? '')}`;
  const spot = placed.exec(line);
  return spot === null ? folded(line) : `<anonymous> in ${fileOf(spot[1] ?? '')}`;
}

export function secondFingerprintText(shape: FailureShape): string {
  return ['2', shape.kind, shape.name, shape.errorType, normalisedMessage(shape.message), shape.stackTop === '' ? '' : normalisedFrame(shape.stackTop)].join('\n');
}
