/** What a person typed about a runtime, and what of it still misses. Pure. */
import type { CredentialInput, RuntimeTarget } from '../../../shared/contract.ts';
import { addressProblem } from '../../../shared/web-address.ts';
import type { RuntimeAddKind } from './kind-words.ts';

export interface RuntimeForm {
  name: string;
  url: string;
  /** empty: as the kind usually sends it. */
  header: string;
  scheme: 'usual' | 'bearer' | 'plain';
  command: string;
  /** one argument a line, so that none is split at a blank. */
  args: string;
  cwd: string;
  /** names of environment variables, separated by blanks, commas or lines. */
  env: string;
}

export const emptyForm: RuntimeForm = { name: '', url: '', header: '', scheme: 'usual', command: '', args: '', cwd: '', env: '' };

export type Read<T> = { ok: true; value: T } | { ok: false; misses: string };
const misses = (text: string): { ok: false; misses: string } => ({ ok: false, misses: text });

const variable = /^[A-Za-z_][A-Za-z0-9_]{0,127}$/;
const headerName = /^[A-Za-z0-9-]{1,64}$/;

function addressOf(text: string): Read<string> {
  const trimmed = text.trim();
  if (trimmed === '') return misses('The address is missing.');
  const url = URL.canParse(trimmed) ? new URL(trimmed) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) return misses('An address begins with http:// or https://.');
  // SECURITY: a credential in an address would end up in logs and on screens.
  if (url.username !== '' || url.password !== '') return misses('An address carries no user or password; give the credential by itself in the next step.');
  const problem = addressProblem(trimmed, 'give it by itself in the next step');
  return problem === null ? { ok: true, value: trimmed } : misses(problem);
}

export const variablesOf = (text: string): string[] => text.split(/[\s,]+/).filter((name) => name !== '');

function commandOf(form: RuntimeForm): Read<RuntimeTarget> {
  const command = form.command.trim();
  if (command === '') return misses('The command is missing.');
  const env = variablesOf(form.env);
  const odd = env.find((name) => !variable.test(name));
  if (odd !== undefined) return misses(`${odd} is no name of an environment variable.`);
  const cwd = form.cwd.trim();
  return { ok: true, value: { kind: 'mcp', transport: 'stdio', command, args: form.args.split('\n').map((line) => line.replace(/\r$/, '')).filter((line) => line !== ''), env, ...(cwd === '' ? {} : { cwd }) } };
}

export function targetOf(kind: RuntimeAddKind, form: RuntimeForm): Read<RuntimeTarget> {
  if (kind === 'mcp-stdio') return commandOf(form);
  const address = addressOf(form.url);
  if (!address.ok) return address;
  const header = form.header.trim();
  if (header !== '' && !headerName.test(header)) return misses('A header is letters, digits and hyphens.');
  const auth = { ...(header === '' ? {} : { header }), ...(form.scheme === 'usual' ? {} : { scheme: form.scheme }) };
  const url = address.value;
  if (kind === 'mcp-http') return { ok: true, value: { kind: 'mcp', transport: 'http', url, ...auth } };
  return { ok: true, value: { kind, url, ...auth } };
}

/** A name that a person would give it, while none is typed: the host. */
export function usualName(kind: RuntimeAddKind, form: RuntimeForm): string {
  if (kind === 'mcp-stdio') return form.command.trim().split(/[/\\]/).at(-1) ?? '';
  return URL.canParse(form.url.trim()) ? new URL(form.url.trim()).host : '';
}

export interface CredentialForm { from: CredentialInput['from']; value: string; variable: string; path: string }

export const emptyCredential = (from: CredentialInput['from']): CredentialForm => ({ from, value: '', variable: '', path: '' });

export function credentialOf(form: CredentialForm): Read<CredentialInput> {
  if (form.from === 'none') return { ok: true, value: { from: 'none' } };
  if (form.from === 'value') return form.value === '' ? misses('The credential is missing.') : { ok: true, value: { from: 'value', value: form.value } };
  if (form.from === 'env') return variable.test(form.variable.trim()) ? { ok: true, value: { from: 'env', name: form.variable.trim() } } : misses('A name of an environment variable is letters, digits and underscores.');
  return form.path.trim() === '' ? misses('The path of the file is missing.') : { ok: true, value: { from: 'file', path: form.path.trim() } };
}
