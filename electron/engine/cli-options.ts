/** The words that begin with dashes, and how they are checked. Shared by the parts of the command line that read them. */
import { parseArgs } from 'node:util';

export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}

const options = {
  data: { type: 'string' }, json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false }, version: { type: 'boolean', default: false },
  otlp: { type: 'string' }, 'read-only': { type: 'string' }, name: { type: 'string' }, content: { type: 'string' }, agent: { type: 'string' }, task: { type: 'string' }, since: { type: 'string' },
  limit: { type: 'string' }, 'delete-history': { type: 'boolean', default: false }, connection: { type: 'string' },
  url: { type: 'string' }, header: { type: 'string' }, scheme: { type: 'string' }, command: { type: 'string' }, args: { type: 'string', multiple: true }, cwd: { type: 'string' }, env: { type: 'string', multiple: true },
  'key-env': { type: 'string' }, 'key-file': { type: 'string' }, 'key-stdin': { type: 'boolean', default: false }, credential: { type: 'string' }, stop: { type: 'boolean', default: false }, session: { type: 'boolean', default: false },
  consent: { type: 'boolean', default: false }, all: { type: 'boolean', default: false }, reason: { type: 'string' }, response: { type: 'string' }, parameters: { type: 'string', multiple: true },
  level: { type: 'string' }, tag: { type: 'string' }, ticket: { type: 'string' }, 'reason-kind': { type: 'string' }, yes: { type: 'boolean', default: false }, wait: { type: 'string' }, check: { type: 'boolean', default: false },
  with: { type: 'string', multiple: true }, without: { type: 'string', multiple: true }, operator: { type: 'string' }, 'passphrase-env': { type: 'string' }, 'passphrase-stdin': { type: 'boolean', default: false },
  fingerprint: { type: 'string' }, 'card-keys': { type: 'string' }, subject: { type: 'string' },
  by: { type: 'string' }, days: { type: 'string' }, text: { type: 'string' }, unused: { type: 'boolean', default: false }, attempted: { type: 'boolean', default: false }, irreversible: { type: 'boolean', default: false }, shared: { type: 'boolean', default: false },
  document: { type: 'string' }, class: { type: 'string' }, gone: { type: 'boolean', default: false }, rule: { type: 'string' }, dismissed: { type: 'boolean', default: false }, until: { type: 'string' }, widening: { type: 'boolean', default: false },
  note: { type: 'string' }, form: { type: 'string' }, format: { type: 'string' }, role: { type: 'string' }, enforcement: { type: 'string' }, for: { type: 'string', multiple: true }, as: { type: 'string' }, try: { type: 'boolean', default: false },
  'take-back': { type: 'boolean', default: false }, sponsor: { type: 'boolean', default: false }, left: { type: 'boolean', default: false },
  own: { type: 'boolean', default: false }, used: { type: 'boolean', default: false }, price: { type: 'string', multiple: true }, provider: { type: 'string' }, region: { type: 'string' }, tier: { type: 'string' }, currency: { type: 'string' }, source: { type: 'string' }, from: { type: 'string' }, to: { type: 'string' }, replaces: { type: 'string' }, state: { type: 'string', multiple: true },
  host: { type: 'string' }, port: { type: 'string' }, security: { type: 'string' }, user: { type: 'string' }, transport: { type: 'string' }, facility: { type: 'string' }, 'ca-file': { type: 'string' }, quiet: { type: 'string' }, 'quiet-days': { type: 'string' },
  action: { type: 'string' }, outcome: { type: 'string' },
  alias: { type: 'string', multiple: true }, rewrite: { type: 'boolean', default: false }, 'no-rewrite': { type: 'boolean', default: false },
  owner: { type: 'string' }, per: { type: 'string' }, soft: { type: 'string' }, hard: { type: 'string' }, forecast: { type: 'string' }, 'on-hard': { type: 'string' }, stops: { type: 'string' },
  contents: { type: 'string' }, formats: { type: 'string' }, people: { type: 'string' }, pack: { type: 'boolean', default: false }, out: { type: 'string' }, overwrite: { type: 'boolean', default: false }, 'stop-order': { type: 'string' }, key: { type: 'string' }, checkpoint: { type: 'string' }, syslog: { type: 'string' },
} as const;

export type Values = ReturnType<typeof parseWords>['values'];
export const parseWords = (words: readonly string[]) => parseArgs({ args: [...words], options, allowPositionals: true, strict: true });

/** Options that every command takes; each command names its own. */
const everywhere = ['data', 'json', 'help', 'version'];

export function allow(values: Values, own: readonly string[], rest: readonly string[], positionals: number): void {
  if (rest.length > positionals) throw new UsageError(`"${rest[positionals] ?? ''}" is too much here.`);
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== false && !everywhere.includes(name) && !own.includes(name)) throw new UsageError(`--${name} means nothing to this command.`);
  }
}

export function needed(value: string | undefined, what: string): string {
  if (value === undefined || value.trim() === '') throw new UsageError(`This command needs ${what}.`);
  return value;
}

export function oneOf<T extends string>(value: string, allowed: readonly T[], option: string): T {
  const found = allowed.find((one) => one === value);
  if (found === undefined) throw new UsageError(`${option} is one of ${allowed.join(', ')}.`);
  return found;
}

export function readLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isSafeInteger(limit) || limit < 1) throw new UsageError('--limit is a whole number from 1 up.');
  return limit;
}
