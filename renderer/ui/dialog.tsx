import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Kbd } from './kbd.tsx';
import { auditorReason, useReadOnly } from './read-only.ts';
import classes from './dialog.module.css';

interface DialogProps {
  /** what the dialog does: "Add connection". */
  title: ReactNode;
  /** on what. */
  subject?: ReactNode;
  icon?: ReactNode;
  onClose: () => void;
  /** Ctrl/Cmd Enter. */
  onConfirm?: (() => void) | undefined;
  /** Text was typed that closing would lose: Escape asks first. */
  unsaved?: boolean;
  /** way out at the left, act at the right. As a function it gets the way out that asks for typed text, as Escape does. */
  foot?: ReactNode | ((leave: () => void) => ReactNode);
  width?: number | string;
  height?: number | string;
  /** the body brings its own padding and panes. */
  flush?: boolean;
  /** its act changes nothing that auditor mode protects. */
  reads?: boolean;
  children: ReactNode;
}

/** Modal, on the browser's own dialog element: focus stays inside, the page behind is inert, Escape closes. */
export function Dialog({ title, subject, icon, onClose, onConfirm, unsaved = false, foot, width = 520, height, flush = false, reads = false, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const [asking, setAsking] = useState(false);
  useLayoutEffect(() => {
    const element = dialog.current;
    if (element === null || element.open) return;
    const before = document.activeElement;
    element.showModal();
    const first = element.querySelector<HTMLElement>('[data-autofocus]');
    first?.focus();
    return () => {
      element.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  // The browser may close a dialog over our head (a second Escape in a row): then the page must know.
  const onClosed = (): void => { if (dialog.current?.open === false) onClose(); };
  const leave = (): void => {
    if (unsaved && !asking) setAsking(true);
    else onClose();
  };
  // A dialog with an act is about a change: in auditor mode it can be read, and its act is not there to be pressed.
  const inert = useReadOnly() && !reads && onConfirm !== undefined;
  const act = inert ? undefined : onConfirm;
  const confirm = useRef(act);
  // With the layout, not after the paint: a key acts on what stands on the screen, never on what stood there before it.
  useLayoutEffect(() => { confirm.current = act; });
  useLayoutEffect(() => {
    // On the window: a step that went away may have taken the focus with it.
    const keyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.repeat || confirm.current === undefined) return;
      event.preventDefault();
      confirm.current();
    };
    window.addEventListener('keydown', keyDown);
    return () => window.removeEventListener('keydown', keyDown);
  }, []);
  return (
    <dialog ref={dialog} className={classes.dialog} style={{ width, height }} aria-labelledby={id} onCancel={(event) => { event.preventDefault(); leave(); }} onClose={onClosed}>
      <header className={classes.head}>
        {icon}
        <h2 id={id} className={classes.title}>{title}</h2>
        {subject !== undefined && <span className={classes.subject}>{subject}</span>}
        <button type="button" className={classes.close} onClick={leave}><span className="gh-visually-hidden">Close</span><Kbd keys="escape" /></button>
      </header>
      {asking && (
        <div className={classes.asking} role="alert">
          <span>What you typed will be lost.</span>
          <button type="button" className={classes.ask} onClick={() => setAsking(false)}>Keep editing</button>
          <button type="button" className={classes.ask} onClick={onClose}>Close and lose it</button>
        </div>
      )}
      {inert && <div className={classes.asking} role="note"><span>{auditorReason}</span></div>}
      <div className={flush ? classes.flush : classes.body}>{inert ? <fieldset disabled className={classes.inert}>{children}</fieldset> : children}</div>
      {foot !== undefined && <footer className={classes.foot}>{inert ? <button type="button" className={classes.ask} onClick={onClose}>Close</button> : typeof foot === 'function' ? foot(leave) : foot}</footer>}
    </dialog>
  );
}
