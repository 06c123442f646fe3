/**
 * One tooltip for the whole page: shows the `data-tip` of what the pointer rests on or the keyboard stands on. A
 * tooltip component per cell would cost more than the cells. Standing on a row, the `I` key shows every tip in it.
 */
import { useEffect, useRef, useState } from 'react';
import classes from './tip.module.css';

interface Shown { lines: string[]; anchor: DOMRect }

const openDelay = 400;
let showAll: (() => void) | null = null;

/** Source and age of every figure in the focused element or row. */
export const showTipsOfFocus = (): void => showAll?.();

const tipOf = (target: EventTarget | null): Element | null => (target instanceof Element ? target.closest('[data-tip]') : null);

/** Without tips of its own, a focused row or cell tells those inside it. */
function linesWithin(element: Element): string[] {
  const own = element.getAttribute('data-tip');
  const inner = [...element.querySelectorAll('[data-tip]')]
    .filter((child) => !child.hasAttribute('data-copy'))
    .map((child) => `${child.textContent.trim()}: ${child.getAttribute('data-tip') ?? ''}`.replace(/^: /, ''));
  return [...(own === null ? [] : [own]), ...inner].slice(0, 12);
}

export function TipLayer() {
  const [shown, setShown] = useState<Shown | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    let over: Element | null = null;
    const hide = (): void => {
      clearTimeout(timer.current);
      over = null;
      setShown(null);
    };
    const show = (element: Element, lines: string[]): void => {
      if (lines.length > 0 && element.isConnected) setShown({ lines, anchor: element.getBoundingClientRect() });
    };
    const onOver = (event: PointerEvent): void => {
      const element = tipOf(event.target);
      if (element === over) return;
      hide();
      over = element;
      if (element !== null && event.pointerType !== 'touch') timer.current = setTimeout(() => show(element, [element.getAttribute('data-tip') ?? '']), openDelay);
    };
    const onFocus = (event: FocusEvent): void => {
      hide();
      const element = event.target;
      if (element instanceof Element && element.matches(':focus-visible') && element.hasAttribute('data-tip')) {
        timer.current = setTimeout(() => show(element, [element.getAttribute('data-tip') ?? '']), openDelay);
      }
    };
    const onKey = (event: KeyboardEvent): void => { if (event.key === 'Escape') hide(); };
    showAll = () => {
      const focused = document.activeElement;
      if (focused !== null && focused !== document.body) show(focused, linesWithin(focused));
    };
    document.addEventListener('pointerover', onOver);
    document.addEventListener('focusin', onFocus);
    document.addEventListener('pointerdown', hide);
    document.addEventListener('keydown', onKey);
    document.addEventListener('scroll', hide, true);
    return () => {
      hide();
      showAll = null;
      document.removeEventListener('pointerover', onOver);
      document.removeEventListener('focusin', onFocus);
      document.removeEventListener('pointerdown', hide);
      document.removeEventListener('keydown', onKey);
      document.removeEventListener('scroll', hide, true);
    };
  }, []);

  useEffect(() => {
    const element = box.current;
    if (element === null || shown === null) return;
    // In the top layer, so that it also stands above a modal dialog.
    element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    const below = shown.anchor.bottom + 6 + height <= window.innerHeight;
    const left = Math.max(4, Math.min(shown.anchor.left, window.innerWidth - width - 4));
    element.style.transform = `translate(${Math.round(left)}px, ${Math.round(below ? shown.anchor.bottom + 6 : Math.max(4, shown.anchor.top - 6 - height))}px)`;
  }, [shown]);

  if (shown === null) return null;
  return <div key={`${shown.anchor.x},${shown.anchor.y}`} ref={box} role="tooltip" popover="manual" className={classes.tip}>{shown.lines.map((line, index) => <div key={index}>{line}</div>)}</div>;
}
