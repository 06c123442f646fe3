import { useReadOnly } from './read-only.ts';
import classes from './kbd.module.css';

const isMac = typeof navigator !== 'undefined' && navigator.platform.startsWith('Mac');
const written: Record<string, string> = { mod: isMac ? '⌘' : 'Ctrl', enter: '↵', escape: 'Esc', arrowdown: '↓', arrowup: '↑', arrowleft: '←', arrowright: '→', ' ': 'Space', space: 'Space', shift: 'Shift', alt: 'Alt', delete: 'Del' };

/** `mod+k` as people read it: `Ctrl K`. */
export function keyName(key: string): string {
  return key.split('+').map((part) => written[part.toLowerCase()] ?? (part.length <= 3 ? part.toUpperCase() : part)).join(' ');
}

/**
 * A key, shown where its control is. `keys` separated by spaces are pressed one after the other. Beside a control it is
 * for the eye only, so that the control keeps its plain name; `spoken` where the key itself is what is told.
 */
export function Kbd({ keys, plain = false, spoken = false }: { keys: string; plain?: boolean; spoken?: boolean }) {
  const parts = keys === ' ' ? [' '] : keys.split(' ');
  return <span className={classes.keys} aria-hidden={spoken ? undefined : true}>{parts.map((part) => <kbd key={part} className={plain ? classes.plain : classes.key}>{keyName(part)}</kbd>)}</span>;
}

export interface KeyHint {
  keys: readonly string[];
  does: string;
  /** changes or stops something, as its binding says: not offered in auditor mode, where the key would only say why it does nothing. */
  changes?: boolean;
}

/** The line of keys below a list: "J K move  Enter open". */
export function KeyHints({ hints }: { hints: readonly KeyHint[] }) {
  const readOnly = useReadOnly();
  return (
    <span className={classes.hints}>
      {hints.filter((hint) => !(readOnly && hint.changes === true)).map((hint) => (
        <span key={hint.does} className={classes.hint} data-key-hint={hint.keys.join(' ')}>
          {hint.keys.map((key) => <Kbd key={key} keys={key} spoken />)}
          <span>{hint.does}</span>
        </span>
      ))}
    </span>
  );
}
