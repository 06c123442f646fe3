/** What a person may type about alerts and targets. Pure: words in, a command out, or a sentence about what is wrong. */
import { deliveryStates, targetKinds } from '../../shared/alerts.ts';
import type { Delivery, QuietHours, TargetConfig, TargetKind } from '../../shared/alerts.ts';
import { allow, needed, oneOf, readLimit, UsageError } from './cli-options.ts';
import type { Values } from './cli-options.ts';
import { keyOptions, readKey } from './cli-runtime-arguments.ts';
import type { KeySource } from './cli-runtime-arguments.ts';

/** What of a target is said; what is not stays as it is, or is as usual for a new one. */
export interface TargetWords {
  readonly url?: string; readonly header?: string; readonly scheme?: 'bearer' | 'plain'; readonly host?: string; readonly port?: number; readonly security?: Extract<TargetConfig, { kind: 'email' }>['security']; readonly user?: string; readonly from?: string; readonly to?: readonly string[];
  readonly transport?: 'tcp' | 'tls'; readonly facility?: number; readonly caFile?: string; readonly quiet?: QuietHours | null;
}

export type AlertCommand =
  | { readonly name: 'alerts'; readonly state: 'open' | 'active' | 'all'; readonly agent: string | null; readonly rule: string | null; readonly text: string | null; readonly limit: number | null }
  | { readonly name: 'alerts show'; readonly alert: string }
  | { readonly name: 'alerts say'; readonly deed: 'acknowledge' | 'resolve' | 'reopen'; readonly alerts: readonly string[]; readonly note: string }
  | { readonly name: 'alerts rules' }
  | { readonly name: 'alerts save-rule'; readonly file: string; readonly rule: string | null }
  | { readonly name: 'alerts remove-rule'; readonly rule: string }
  | { readonly name: 'alerts enable-rule'; readonly rule: string; readonly enabled: boolean }
  | { readonly name: 'targets' }
  | { readonly name: 'targets add'; readonly kind: TargetKind; readonly targetName: string; readonly words: TargetWords; readonly key: KeySource }
  | { readonly name: 'targets change'; readonly target: string; readonly newName: string | null; readonly words: TargetWords }
  | { readonly name: 'targets credential'; readonly target: string; readonly key: KeySource }
  | { readonly name: 'targets enable'; readonly target: string; readonly enabled: boolean }
  | { readonly name: 'targets test' | 'targets retry' | 'targets remove'; readonly target: string }
  | { readonly name: 'targets deliveries'; readonly target: string | null; readonly state: Delivery['state'] | null; readonly limit: number | null };

const limitOf = (values: Values): number | null => (values.limit === undefined ? null : readLimit(values.limit));
const stateOf = <T extends string>(values: Values, allowed: readonly T[]): T | null => {
  const [state, ...more] = values.state ?? [];
  if (more.length > 0) throw new UsageError('--state is said once here.');
  return state === undefined ? null : oneOf(state, allowed, '--state');
};

export function readAlerts([verb, ...rest]: readonly string[], values: Values): AlertCommand {
  const rule = (): string => needed(rest[0], 'the rule\'s id or name');
  switch (verb) {
    case undefined:
    case 'list':
      allow(values, ['state', 'agent', 'rule', 'text', 'limit'], rest, 0);
      return { name: 'alerts', state: stateOf(values, ['open', 'active', 'all']) ?? 'active', agent: values.agent ?? null, rule: values.rule ?? null, text: values.text ?? null, limit: limitOf(values) };
    case 'show':
      allow(values, [], rest, 1);
      return { name: 'alerts show', alert: needed(rest[0], 'the alert\'s id') };
    case 'acknowledge':
    case 'resolve':
    case 'reopen':
      allow(values, verb === 'reopen' ? [] : ['note'], rest, 1_000);
      needed(rest[0], 'at least one alert\'s id');
      return { name: 'alerts say', deed: verb, alerts: rest, note: values.note ?? '' };
    case 'rules':
      allow(values, [], rest, 0);
      return { name: 'alerts rules' };
    case 'save-rule':
      allow(values, ['rule'], rest, 1);
      return { name: 'alerts save-rule', file: needed(rest[0], 'the file with a rule as JSON (alerts rules --json shows some), or - for the standard input'), rule: values.rule ?? null };
    case 'remove-rule':
      allow(values, [], rest, 1);
      return { name: 'alerts remove-rule', rule: rule() };
    case 'enable-rule':
    case 'disable-rule':
      allow(values, [], rest, 1);
      return { name: 'alerts enable-rule', rule: rule(), enabled: verb === 'enable-rule' };
    default: throw new UsageError(`There is no command "alerts ${verb}".`);
  }
}

const wordOptions = ['url', 'header', 'scheme', 'host', 'port', 'security', 'user', 'from', 'to', 'transport', 'facility', 'ca-file', 'quiet', 'quiet-days'];

export function readTargets([verb, ...rest]: readonly string[], values: Values): AlertCommand {
  const target = (): string => needed(rest[0], 'the target\'s id or name');
  switch (verb) {
    case undefined:
    case 'list':
      allow(values, [], rest, 0);
      return { name: 'targets' };
    case 'add':
      allow(values, ['name', ...wordOptions, ...keyOptions], rest, 1);
      return { name: 'targets add', kind: oneOf(needed(rest[0], `the kind of the target: ${targetKinds.join(', ')}`), targetKinds, 'The kind of a target'), targetName: needed(values.name, '--name NAME'), words: readWords(values), key: readKey(values) };
    case 'change':
      allow(values, ['name', ...wordOptions], rest, 1);
      return { name: 'targets change', target: target(), newName: values.name ?? null, words: readWords(values) };
    case 'credential':
      allow(values, keyOptions, rest, 1);
      return { name: 'targets credential', target: target(), key: readKey(values) };
    case 'enable':
    case 'disable':
      allow(values, [], rest, 1);
      return { name: 'targets enable', target: target(), enabled: verb === 'enable' };
    case 'test':
    case 'retry':
    case 'remove':
      allow(values, [], rest, 1);
      return { name: `targets ${verb}`, target: target() };
    case 'deliveries':
      allow(values, ['state', 'limit'], rest, 1);
      return { name: 'targets deliveries', target: rest[0] ?? null, state: stateOf(values, deliveryStates), limit: limitOf(values) };
    default: throw new UsageError(`There is no command "targets ${verb}".`);
  }
}

function wholeNumber(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,5}$/.test(text)) throw new UsageError(`${option} is a whole number.`);
  return Number(text);
}

/** Without what was not said: those keys are left as they are. */
function readWords(values: Values): TargetWords {
  const words = {
    url: values.url, header: values.header, scheme: values.scheme === undefined ? undefined : oneOf(values.scheme, ['bearer', 'plain'], '--scheme'), host: values.host, port: wholeNumber(values.port, '--port'),
    security: values.security === undefined ? undefined : oneOf(values.security, ['tls', 'starttls', 'none'], '--security'), user: values.user, from: values.from, to: values.to?.split(',').map((one) => one.trim()),
    transport: values.transport === undefined ? undefined : oneOf(values.transport, ['tcp', 'tls'], '--transport'), facility: wholeNumber(values.facility, '--facility'), caFile: values['ca-file'], quiet: readQuiet(values),
  };
  return Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));
}

const dayNames = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/** `22:00-07:00`, `none`; days `mon-fri`, `sat,sun`, else every day. */
function readQuiet(values: Values): QuietHours | null | undefined {
  if (values.quiet === undefined) {
    if (values['quiet-days'] !== undefined) throw new UsageError('--quiet-days goes with --quiet.');
    return undefined;
  }
  if (values.quiet === 'none') return null;
  const hours = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(values.quiet);
  if (hours === null) throw new UsageError('--quiet is FROM-TO in this machine\'s time, for example 22:00-07:00, or none.');
  return { from: hours[1] ?? '', to: hours[2] ?? '', days: readDays(values['quiet-days'] ?? 'sun-sat') };
}

function readDays(text: string): number[] {
  const dayOf = (name: string): number => {
    const day = dayNames.indexOf(name.trim().toLowerCase());
    if (day < 0) throw new UsageError(`--quiet-days are of ${dayNames.join(', ')}, for example mon-fri or sat,sun.`);
    return day;
  };
  const days = text.split(',').flatMap((part) => {
    const [from = '', to] = part.split('-');
    const first = dayOf(from);
    const many = to === undefined ? 1 : ((dayOf(to) - first + 7) % 7) + 1;
    return Array.from({ length: many }, (_, at) => (first + at) % 7);
  });
  return [...new Set(days)].toSorted((one, two) => one - two);
}
