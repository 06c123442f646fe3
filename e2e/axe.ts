/** What axe finds on a screen as it stands, in one form for all window tests. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { callFromPage } from './launch.ts';

/** One line for each rule that is broken, with where. `within` names a part of the page; all of it when left out. */
export async function violations(page: Page, within?: string): Promise<string[]> {
  // Legacy mode: the other one opens a second page, and this program has one window. All rules are held against everything; of what fits
  // only one element a rule is named, because naming all of them takes longer than looking at them.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations: found } = await (within === undefined ? axe : axe.include(within)).analyze();
  return found.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

/** The same without the tip of what the pointer rests on, which lies in the top layer, outside of every landmark. */
export async function violationsAtRest(page: Page): Promise<string[]> {
  await page.mouse.move(640, 1);
  await expect(page.getByRole('tooltip')).toHaveCount(0);
  return violations(page);
}

export async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await callFromPage(page, 'settings.set', { theme });
  await expect(page.locator(`html[data-mantine-color-scheme="${theme}"]`)).toHaveCount(1);
}
