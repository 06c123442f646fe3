/** What the file tells beside the log (keys, tombstones) is told by entries of the log too, when it was done: the two must say the same. */
import type { AuditDamage } from '../../../shared/audit.ts';
import type { KeyRow, TombstoneRow } from '../store/audit-read.ts';
import { microTime } from './chain.ts';
import { pruneAction } from './log-check.ts';
import type { KeptEntry } from './log-check.ts';
import { fingerprintOf } from './signed-note.ts';

const keyAction = 'audit.key';

interface Deed { readonly at: string; readonly actor: string; readonly details: Readonly<Record<string, unknown>> }

export class SaidOfItself {
  readonly #keys = new Map<string, Deed>();
  readonly #prunes = new Map<number, Deed>();
  #erased = false;

  take({ line, body }: KeptEntry): void {
    if (line.action !== keyAction && line.action !== pruneAction) return;
    if (body === null) {
      this.#erased = true;
      return;
    }
    const deed: Deed = { at: line.at, actor: body.actor, details: detailsOf(body.details) };
    if (line.action === pruneAction) this.#prunes.set(line.seq, deed);
    else this.#keys.set(String(deed.details['fingerprint']), deed);
  }

  end(keys: readonly KeyRow[], tombstones: readonly TombstoneRow[]): AuditDamage[] {
    // The entry of an early key may have been let go or erased; of what nobody tells any more nothing can be said.
    const mayMiss = this.#erased || tombstones.length > 0;
    const badKeys = keys.flatMap((key, i): AuditDamage[] => {
      const deed = this.#keys.get(fingerprintOf(key.public));
      const next = keys[i + 1]?.madeUs ?? null;
      const same = deed === undefined ? mayMiss : deed.details['place'] === key.place && deed.details['log'] === key.name && deed.at === microTime(key.madeUs);
      return same && key.retiredUs === next ? [] : [{ kind: 'does_not_match', where: 'key', at: i + 1, text: `What the file says of key ${i + 1}, when it was made or where it lies, is not what the log says.` }];
    });
    const badTombstones = tombstones.flatMap((one): AuditDamage[] => {
      const deed = this.#prunes.get(one.entry);
      if (deed === undefined || (deed.at === microTime(one.atUs) && deed.actor === one.by && deed.details['reason'] === one.reason && deed.details['upTo'] === one.upTo && deed.details['entries'] === one.entries)) return [];
      return [{ kind: 'does_not_match', where: 'entry', at: one.entry, text: `The tombstone of entries up to ${one.upTo} says something else than entry ${one.entry}, which wrote it.` }];
    });
    return [...badKeys, ...badTombstones];
  }
}

function detailsOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value as Readonly<Record<string, unknown>> : {};
  } catch {
    // What is no JSON says nothing.
    return {};
  }
}
