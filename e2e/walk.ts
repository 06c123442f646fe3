/**
 * Walks over the screens as they stand, place by place, and uses every control that is not disabled, once for each name. Runs inside the page, so that a
 * thousand controls take a minute: what it clicks it clicks as a person's mouse would, but it waits for nothing longer than the page needs to draw.
 */
import type { Page } from '@playwright/test';

export interface Walked {
  /** every place that was looked at. */
  readonly places: readonly string[];
  /** how many controls were used. */
  readonly used: number;
  /** those that led to nothing but "not in auditor mode": `place: name`. */
  readonly misleading: readonly string[];
}

/** A walk over the whole window, taken screen by screen. Of places that differ in an identifier only, the first is looked at. */
export class Walk {
  readonly #reason: string;
  readonly #seen = new Set<string>();
  readonly #tried: string[] = [];
  #queue: string[];

  constructor(from: readonly string[], reason: string) {
    this.#queue = [...from];
    this.#reason = reason;
  }

  /** Every place of these screens that is known or found on the way; what leads elsewhere is kept for later. Null: all that is left. */
  async over(page: Page, screens: readonly string[] | null): Promise<Walked> {
    const walked = { places: [] as string[], used: 0, misleading: [] as string[] };
    for (let place = this.#next(screens); place !== undefined; place = this.#next(screens)) {
      const screen = screenOf(place);
      const found = await page.evaluate(actAt, { place, reason: this.#reason, done: this.#tried.filter((one) => one.startsWith(`${screen} `)).map((one) => one.slice(screen.length + 1)) });
      this.#tried.push(...found.tried.map((one) => `${screen} ${one}`));
      this.#queue.push(...found.leads);
      walked.places.push(place);
      walked.used += found.used;
      walked.misleading.push(...found.misleading.map((name) => `${place}: ${name}`));
    }
    return walked;
  }

  #next(screens: readonly string[] | null): string | undefined {
    this.#queue = this.#queue.filter((place) => !this.#seen.has(kindOf(place)));
    const place = this.#queue.find((one) => screens === null || screens.includes(screenOf(one)));
    if (place !== undefined) this.#seen.add(kindOf(place));
    return place;
  }
}

const screenOf = (place: string): string => place.replace(/^#\/([a-z]+).*$/, '$1');

/** Identifiers make no other kind of place, and of what follows the `?` only the parts of a screen do: sorting, filters and what is chosen do not. */
function kindOf(place: string): string {
  const [path = '', asked = ''] = place.split('?');
  const parts = [...new URLSearchParams(asked)].filter(([name]) => ['tab', 'by', 'view', 'part', 'show', 'dismissed'].includes(name)).map(([name, value]) => `${name}=${value}`).toSorted();
  return [path.replaceAll(/(?<=\/)[a-z]{3}-[0-9a-z]+$/g, '*'), ...parts].join(' ');
}

/** In the page: nothing of what stands outside of it is known here. */
async function actAt({ place, reason, done }: { place: string; reason: string; done: readonly string[] }): Promise<{ used: number; misleading: string[]; leads: string[]; tried: string[] }> {
  const tried = new Set(done);
  const misleading: string[] = [];
  const leads = new Set<string>();
  let used = 0;
  const settle = async (ms = 40): Promise<void> => {
    await new Promise((done) => { setTimeout(done, ms); });
    for (let n = 0; n < 20 && document.querySelector('main [aria-busy="true"]') !== null; n += 1) await new Promise((done) => { setTimeout(done, 25); });
  };
  const goTo = async (): Promise<void> => {
    if (location.hash === place) return;
    location.hash = place;
    await settle(150);
  };
  const escape = (target: EventTarget): boolean => target.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
  const leave = async (): Promise<void> => {
    for (let n = 0; n < 4; n += 1) {
      const open = [...document.querySelectorAll<HTMLDialogElement>('dialog[open]')].at(-1);
      const menu = document.querySelector('[role="menu"]');
      if (open === undefined && menu === null) return;
      if (open === undefined) escape(menu ?? document);
      else open.dispatchEvent(new Event('cancel', { cancelable: true }));
      [...document.querySelectorAll<HTMLButtonElement>('dialog[open] button')].find((one) => one.textContent === 'Close and lose it')?.click();
      await settle();
    }
  };
  const isOff = (one: Element): boolean => one.matches(':disabled') || one.closest('[aria-disabled="true"]') !== null || one.getClientRects().length === 0;
  const nameOf = (one: Element): string => {
    const label = one.closest('label');
    return `${one.getAttribute('role') ?? one.tagName.toLowerCase()} “${(one.getAttribute('aria-label') ?? ((label ?? one).textContent.trim() || (one.getAttribute('title') ?? ''))).replaceAll(/\d[\d:,.]*/g, '#').slice(0, 70)}”`;
  };
  const inside = 'main button, main input[type="checkbox"], main input[type="radio"], main select, main [data-row]';
  const controls = (where = inside): Map<string, Element> => {
    const named = new Map<string, Element>();
    for (const one of document.querySelectorAll(where)) {
      // Of rows that are alike the first is used; the controls in it have names of their own.
      const name = one.matches('[data-row]') ? `first row of ${one.closest('[aria-label]')?.getAttribute('aria-label') ?? 'a list'}` : nameOf(one);
      if (!isOff(one) && !named.has(name)) named.set(name, one);
    }
    return named;
  };
  const told = { reason: false };
  const voice = document.querySelector('[aria-live="assertive"]');
  if (voice !== null) new MutationObserver(() => { told.reason ||= voice.textContent.includes(reason); }).observe(voice, { childList: true, subtree: true, characterData: true });
  const press = async (one: Element): Promise<void> => {
    used += 1;
    if (one instanceof HTMLSelectElement) {
      const other = [...one.options].find((option) => option.value !== one.value && !option.disabled);
      if (other === undefined) return;
      Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value')?.set?.call(one, other.value);
      one.dispatchEvent(new Event('change', { bubbles: true }));
    } else (one as HTMLElement).click();
    await settle();
  };
  /** Uses one and says whether it led to nothing: a dialog that cannot act, or the sentence why there is none. */
  const tryOne = async (name: string, one: Element, way: string): Promise<void> => {
    told.reason = false;
    await press(one);
    const dialogs = [...document.querySelectorAll('dialog[open]')];
    const inert = dialogs.some((dialog) => [...dialog.querySelectorAll('[role="note"]')].some((note) => note.textContent.includes(reason)));
    if (inert || told.reason) misleading.push(`${way}${name}`);
  };
  const explore = async (way: string, again: () => Promise<void>, known: ReadonlySet<string>, depth: number): Promise<void> => {
    await again();
    for (const name of [...controls().keys()].filter((one) => !known.has(one))) {
      if (tried.has(name)) continue;
      tried.add(name);
      await again();
      const one = controls().get(name);
      if (one === undefined) continue;
      const had = new Set([...known, ...controls().keys()]);
      await tryOne(name, one, way);
      for (const item of controls('[role="menu"] [role="menuitem"]').keys()) {
        const entry = controls('[role="menu"] [role="menuitem"]').get(item);
        if (entry !== undefined) await tryOne(item, entry, `${way}${name} > `);
        await leave();
        await again();
        const opener = controls().get(name);
        if (opener !== undefined && document.querySelector('[role="menu"]') === null) await press(opener);
      }
      await leave();
      if (location.hash !== place) leads.add(location.hash);
      else if (depth > 0 && [...controls().keys()].some((other) => !had.has(other))) {
        await explore(`${way}${name} > `, async () => { await again(); const opener = controls().get(name); if (opener !== undefined && [...controls().keys()].every((other) => had.has(other))) await press(opener); }, had, depth - 1);
      }
    }
  };
  await goTo();
  await settle(400);
  for (const link of document.querySelectorAll<HTMLAnchorElement>('main a[href^="#/"]')) leads.add(link.hash);
  /** A key may say why it does nothing; it may not open what cannot act, nor ask the engine. */
  const pressKeys = async (): Promise<void> => {
    for (const key of ['abcdefhijklmnopqrstuvwxyz123456789.'.split(''), 'Enter', 'Delete'].flat()) {
      const focus = document.activeElement;
      if (focus instanceof HTMLElement && focus !== document.body) focus.blur();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
      await settle(20);
      if ([...document.querySelectorAll('dialog[open] [role="note"]')].some((note) => note.textContent.includes(reason))) misleading.push(`key ${key}`);
      await leave();
      if (location.hash !== place) leads.add(location.hash);
      await goTo();
    }
  };
  if (done.length === 0 || place.includes('tab=')) await pressKeys();
  await explore('', async () => { await leave(); await goTo(); }, new Set(), 1);
  await leave();
  return { used, misleading, leads: [...leads], tried: [...tried].filter((one) => !done.includes(one)) };
}
