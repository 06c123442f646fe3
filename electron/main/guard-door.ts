/** Where the page asks for the lock and auditor mode. SECURITY: the only door that answers while the window is locked, and then only to `unlock`. */
import { ipcMain } from 'electron';
import type { WebContents } from 'electron';
import { z } from 'zod';
import { guardChannel, guardNames, longestPassphrase, shortestPassphrase } from '../../shared/guard.ts';
import type { GuardAnswer, GuardName } from '../../shared/guard.ts';
import { textLevels } from '../../shared/reports.ts';
import type { AppLock } from './app-lock.ts';
import { isOurPage } from './favours.ts';

const given = z.string().max(longestPassphrase);
const lockWish = z.object({ current: given.optional(), passphrase: z.string().min(shortestPassphrase).max(longestPassphrase).optional(), idleMinutes: z.int().min(1).max(1_440).nullable(), atStart: z.boolean() });

function guardTable(lock: AppLock): Record<GuardName, (argument: unknown) => GuardAnswer | Promise<GuardAnswer>> {
  return {
    unlock: (passphrase) => lock.unlock(given.parse(passphrase)),
    lockNow: () => lock.lock('By a person.'),
    setLock: (wish) => {
      const { current, passphrase, ...rest } = lockWish.parse(wish);
      return lock.set({ ...rest, ...(current === undefined ? {} : { current }), ...(passphrase === undefined ? {} : { passphrase }) });
    },
    removeLock: (current) => lock.remove(given.parse(current)),
    enterAuditor: (text) => lock.enterAuditor(z.enum(textLevels).parse(text)),
    leaveAuditor: (passphrase) => lock.leaveAuditor(given.nullable().parse(passphrase)),
  };
}

export function serveGuard(contents: WebContents, lock: AppLock): void {
  const table = guardTable(lock);
  for (const name of guardNames) {
    ipcMain.removeHandler(guardChannel(name));
    ipcMain.handle(guardChannel(name), async (event, argument: unknown) => {
      if (!isOurPage(event, contents) || (lock.locked && name !== 'unlock')) throw new Error('refused');
      return table[name](argument);
    });
  }
}
