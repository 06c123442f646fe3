import { useState } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { activeKeys, type KeyBinding } from './keys.ts';
import { placeNow } from './navigation.ts';
import { routes } from './routes.tsx';
import classes from './key-help.module.css';

/** Bindings that do the same stand in one line. */
function lines(bindings: readonly KeyBinding[]): { does: string; keys: string[] }[] {
  const byDeed = new Map<string, string[]>();
  for (const binding of bindings) byDeed.set(binding.does, [...(byDeed.get(binding.does) ?? []), binding.keys]);
  return [...byDeed].map(([does, keys]) => ({ does, keys }));
}

export default function KeyHelp({ onClose }: { onClose: () => void }) {
  // Read once, before this dialog stands above them.
  const [layers] = useState(() => activeKeys().filter((layer) => layer.bindings.length > 0));
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
                  <dd>{line.does}</dd>
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
