/** The result as elements. SECURITY: text of a pack goes in as text, never as markup. */
import { fingerprintText } from '../check-key.ts';
import type { Check, CheckName, Finding } from '../findings.ts';
import type { Verification } from '../verify.ts';
import { verdictWords } from '../words.ts';

type Children = readonly (Node | string)[];

export function element(name: string, attributes: Readonly<Record<string, string>> = {}, children: Children = []): HTMLElement {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const shapes: Readonly<Record<string, string>> = {
  whole: 'M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-1.2 13L4.6 9.8 6 8.4l2.8 2.8L14 6l1.4 1.4L8.800 14Z', unknown: 'M10 1 0.500 18.500h19L10 1Zm-1 6h2v6H9V7Zm0 7.500h2v2H9v-2Z', damaged: 'M6 1h8l5 5v8l-5 5H6l-5-5V6l5-5Zm3 4v6h2V5H9Zm0 8v2h2v-2H9Z',
  passed: 'M10 1a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm-1.2 13L4.6 9.8 6 8.4l2.8 2.8L14 6l1.4 1.4L8.800 14Z', failed: 'M6 1h8l5 5v8l-5 5H6l-5-5V6l5-5Zm3 4v6h2V5H9Zm0 8v2h2v-2H9Z', not_done: 'M2 9h16v2H2z',
};

function shape(name: string): SVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', shapes[name] ?? '');
  path.setAttribute('fill', 'currentColor');
  svg.append(path);
  return svg;
}

const checkTitles: Readonly<Record<CheckName, string>> = { zip: 'The zip, byte for byte', manifest: 'Manifest and its signature', key: 'Whose key it is', files: 'Files against the manifest', seals: 'Seals and hours', log: 'Entries of the audit log', bodies: 'Who, words and details', checkpoint: 'The checkpoint that you keep', activity: 'Exported activities' };
const stateWords: Readonly<Record<Check['state'], string>> = { passed: 'passed', failed: 'failed', not_done: 'not checked' };

const row = (head: string, cells: Children): HTMLElement => element('tr', {}, [element('th', { scope: 'row' }, [head]), ...cells.map((cell) => element('td', {}, [cell]))]);
const table = (heads: readonly string[], rows: readonly HTMLElement[]): HTMLElement => element('div', { class: 'wide' }, [element('table', {}, [element('thead', {}, [element('tr', {}, heads.map((head) => element('th', { scope: 'col' }, [head])))]), element('tbody', {}, rows)])]);

const checkRow = ({ name, state, text }: Check): HTMLElement => row(checkTitles[name], [element('span', { class: `state ${state}` }, [shape(state), stateWords[state]]), text]);
const findingRow = ({ kind, where, at, text }: Finding): HTMLElement => row(kind, [element('code', {}, [`${where} ${at}`]), text]);

function facts({ pack }: Verification, file: string): HTMLElement | null {
  if (pack === null) return null;
  const list: readonly (readonly [string, string])[] = [
    ['File', file], ['Report', pack.name], ['Period', `${pack.from} up to ${pack.to} (UTC)`], ['Made', `${pack.madeAt} by ${pack.by}, Gatehouse ${pack.version}`], ['Log', `${pack.origin}, entries ${pack.firstSeq} to ${pack.firstSeq + pack.entries - 1}, ${pack.seals} seals${pack.newestSealHour === null ? '' : `, the newest of ${pack.newestSealHour}`}`],
    ['Fingerprint', fingerprintText(pack.fingerprint)], ['Public key', pack.verifier],
  ];
  return element('dl', {}, list.flatMap(([name, value]) => [element('dt', {}, [name]), element('dd', {}, name === 'Fingerprint' || name === 'Public key' ? [element('code', {}, [value])] : [value])]));
}

export function resultElements(result: Verification, file: string, print: () => void): HTMLElement[] {
  const { state, title, text } = verdictWords(result);
  const told = facts(result, file);
  const button = element('button', { type: 'button', id: 'print' }, ['Print this result']);
  button.addEventListener('click', print);
  return [
    element('div', { class: `verdict ${state}` }, [shape(state), element('div', {}, [element('h2', { id: 'verdict' }, [title]), element('p', {}, [text])])]),
    element('h3', {}, ['What was checked']), table(['Check', 'Result', 'What it says'], result.checks.map(checkRow)),
    ...(result.findings.length === 0 ? [] : [element('h3', {}, [`What was found${result.more > 0 ? ` (the first ${result.findings.length}; ${result.more} more)` : ''}`]), table(['Finding', 'Place', 'What it says'], result.findings.map(findingRow))]),
    ...(told === null ? [] : [element('h3', {}, ['The pack, as it tells of itself']), told]),
    element('p', { class: 'deeds' }, [button]),
  ];
}
