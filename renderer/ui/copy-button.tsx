import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { announce } from './announce.ts';
import classes from './copy-button.module.css';

interface CopyButtonProps {
  value: string;
  /** accessible name: "Copy identifier". */
  label: string;
  className?: string | undefined;
  /** shown beside the icon; without it the button is the icon alone. */
  text?: string;
  onCopied?: () => void;
}

/** Copies the whole value. The tick says that it was copied; a refusal is said in words. */
export function CopyButton({ value, label, className, text, onCopied }: CopyButtonProps) {
  const [state, setState] = useState<'ready' | 'copied' | 'refused'>('ready');
  useEffect(() => {
    if (state === 'ready') return undefined;
    const timer = setTimeout(() => setState('ready'), 1500);
    return () => clearTimeout(timer);
  }, [state]);
  const copy = async (): Promise<void> => {
    const done = await copyText(value);
    setState(done ? 'copied' : 'refused');
    announce(done ? 'Copied' : 'Not copied: the system refused the clipboard');
    if (done) onCopied?.();
  };
  const said = state === 'copied' ? 'Copied' : state === 'refused' ? 'Not copied' : null;
  const icon = state === 'copied' ? <IconCheck size={14} stroke={1.75} aria-hidden="true" /> : <IconCopy size={14} stroke={1.75} aria-hidden="true" />;
  return (
    <button
      type="button" data-copy className={`${text === undefined ? classes.icon : classes.button} ${className ?? ''}`}
      // While it shows another text than its own it is called by that.
      aria-label={text === undefined || said === null ? label : undefined}
      data-tip={state === 'copied' ? 'Copied' : state === 'refused' ? 'The system refused the clipboard' : label}
      onClick={(event) => { event.stopPropagation(); void copy(); }}
    >
      {icon}{text !== undefined && <span>{said ?? text}</span>}
    </button>
  );
}

type Copier = (text: string) => Promise<void>;
let copier: Copier = async () => Promise.reject(new Error('no clipboard was provided'));

/** This room knows no desktop: the app says once who can copy. */
export function provideClipboard(next: Copier): void {
  copier = next;
}

export async function copyText(value: string): Promise<boolean> {
  try {
    await copier(value);
    return true;
  } catch {
    // The caller says in words that nothing was copied; the cause is in the shell's log.
    return false;
  }
}
