/** How alerts say times, money and what agents wrote. SECURITY: a title is one line, and nothing is as long as an agent likes. */
import { bounded } from '../store/bounded.ts';

const mostTitle = 200;
const mostText = 1_000;

const oneLine = (text: string): string => text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();

export const titleOf = (text: string): string => bounded(oneLine(text), mostTitle);
export const textOf = (...sentences: readonly (string | null)[]): string => bounded(sentences.flatMap((one) => (one === null || one === '' ? [] : [oneLine(one)])).join(' '), mostText);
/** A name or message inside a sentence. */
export const named = (text: string, most = 80): string => bounded(oneLine(text), most);

/** Exact: as many digits of the micro-units as there are, at least two. */
export function money(micros: number, currency: string): string {
  const [whole, part = ''] = (Math.abs(micros) / 1_000_000).toFixed(6).split('.');
  return `${micros < 0 ? '-' : ''}${(whole ?? '').replace(/\B(?=(\d{3})+$)/g, ',')}.${part.replace(/0{1,4}$/, '')} ${currency}`;
}

/** As a person would say it: 45 s, 12 min, 3 h, 2 h 30 min, 4 days. */
export function span(us: number): string {
  const s = Math.max(0, Math.floor(us / 1_000_000));
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  if (min < 60) return s % 60 === 0 || min >= 10 ? `${min} min` : `${min} min ${s % 60} s`;
  const h = Math.floor(min / 60);
  if (h < 48) return min % 60 === 0 ? `${h} h` : `${h} h ${min % 60} min`;
  return `${Math.floor(h / 24)} days`;
}

export const within = (seconds: number): string => span(seconds * 1_000_000);
export const at = (us: number): string => `${new Date(Math.floor(us / 1_000)).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
export const count = (n: number, one: string, many = `${one}s`): string => `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;
