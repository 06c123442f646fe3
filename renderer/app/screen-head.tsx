/** A screen says its name and one line of context; they stand in the header, whoever owns the header. */
import { createContext, useContext, useEffect, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { placeHash, type Target } from './navigation.ts';
import classes from './header.module.css';

export const HeadSlot = createContext<HTMLElement | null>(null);

interface ScreenHeadProps {
  /** plain text: also the window's title. Agent names must come through inertString. */
  title: string;
  /** one line: what is shown, of how many, how old. */
  context?: ReactNode;
  /** the screen above this one. */
  crumb?: { title: string; to: Target };
}

export function ScreenHead({ title, context, crumb }: ScreenHeadProps) {
  const slot = useContext(HeadSlot);
  useEffect(() => {
    document.title = `${title} - Gatehouse`;
  }, [title]);
  if (slot === null) return null;
  return createPortal(
    <>
      {crumb !== undefined && (
        <nav aria-label="Above this screen" className={classes.crumb}>
          <a href={placeHash(crumb.to)}>{crumb.title}</a><span aria-hidden="true">/</span>
        </nav>
      )}
      <h1 className={classes.title}>{title}</h1>
      {context !== undefined && <div className={classes.context}>{context}</div>}
    </>,
    slot,
  );
}
