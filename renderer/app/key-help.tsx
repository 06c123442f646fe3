import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { useReadOnly } from '../ui/read-only.ts';
import { activeKeys, type KeyBinding } from './keys.ts';
import { placeNow } from './navigation.ts';
import { routes } from './routes.tsx';
import classes from './key-help.module.css';

/** Bindings that do the same stand in one line. */
function lines(bindings: readonly KeyBinding[]): { does: string; keys: string[]; changes: boolean }[] {
  const byDeed = new Map<string, { keys: string[]; changes: boolean }>();
  for (const { does, keys, changes } of bindings) byDeed.set(does, { keys: [...(byDeed.get(does)?.keys ?? []), keys], changes: changes === true });
  return [...byDeed].map(([does, line]) => ({ does, ...line }));
}

export default function KeyHelp({ onClose }: { onClose: () => void }) {
  // Read once, before this dialog stands above them.
  const [layers] = useState(() => activeKeys().filter((layer) => layer.bindings.length > 0));
  const readOnly = useReadOnly();
  return (
    <Dialog title="Keys" subject={routes[placeNow().screen].title} onClose={onClose} width={620}>
      <div className={classes.columns}>
        {layers.map((layer) => (
          <section key={layer.name} className={classes.layer}>
            <h3 className={classes.name}>{layer.name}</h3>
            <dl className={classes.list}>
              {lines(layer.bindings).map((line) => (
                <div key={line.does} className={classes.line}>
                  <dt>{line.keys.map((keys) => <Kbd key={keys} keys={keys} spoken />)}</dt>
                  <dd>{line.does}{line.changes && readOnly && ': not in auditor mode'}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className={classes.note}>Single letters are off while you type. They can be switched off in Settings.</p>
    </Dialog>
  );
}
