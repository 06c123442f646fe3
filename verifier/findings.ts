/** What a verifier finds, by the names that the console, the page, the shell recipe and the documents share. */

import { count, inert } from './inert.ts';

export const findingKinds = [
  'changed', 'missing', 'out_of_order', 'cut', 'does_not_match', 'seal_forged', 'hour_missing', 'seal_missing', 'rolled_back', 'key_changed', 'body_changed',
  'file_changed', 'file_missing', 'file_extra', 'manifest_forged', 'key_not_pinned', 'leaf_changed',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** `at`: number of the entry or seal, path of the file, or what else says where it is. */
export interface Finding { readonly kind: FindingKind; readonly where: 'entry' | 'seal' | 'key' | 'file' | 'leaf'; readonly at: number | string; readonly text: string }

/** In the order in which they are told. */
export const checkNames = ['zip', 'manifest', 'key', 'files', 'seals', 'log', 'bodies', 'checkpoint', 'activity'] as const;
export type CheckName = (typeof checkNames)[number];

/** `not_done`: there was nothing to check, or something before it failed so that it could not be. */
export interface Check { readonly name: CheckName; readonly state: 'passed' | 'failed' | 'not_done'; readonly text: string }

const mostListed = 200;

export class Findings {
  readonly list: Finding[] = [];
  readonly #counts = new Map<CheckName, number>();
  readonly #said = new Map<CheckName, string>();
  readonly #first = new Map<CheckName, string>();
  #more = 0;

  add(check: CheckName, kind: FindingKind, where: Finding['where'], at: number | string, text: string): void {
    this.#counts.set(check, this.of(check) + 1);
    if (!this.#first.has(check)) this.#first.set(check, inert(text));
    if (this.list.length < mostListed) this.list.push({ kind, where, at: typeof at === 'string' ? inert(at) : at, text: inert(text) });
    else this.#more += 1;
  }

  /** What was checked, in words; without it the check counts as not done. */
  done(check: CheckName, text: string): void { this.#said.set(check, text); }

  of(check: CheckName): number { return this.#counts.get(check) ?? 0; }
  /** Found and not listed. */
  get more(): number { return this.#more; }
  get total(): number { return this.list.length + this.#more; }

  check(name: CheckName, notDone: string): Check {
    const [found, text] = [this.of(name), this.#said.get(name)];
    if (found > 0) return { name, state: 'failed', text: `${found === 1 ? 'One finding:' : `${count(found)} findings, the first:`} ${this.#first.get(name) ?? ''}` };
    return text === undefined ? { name, state: 'not_done', text: notDone } : { name, state: 'passed', text };
  }
}
