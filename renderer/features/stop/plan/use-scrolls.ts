/** A part that scrolls inside is a stop for the keyboard only while there is something to scroll. */
import { useCallback, useState } from 'react';

export function useScrolls(): [ref: (element: HTMLElement | null) => (() => void) | undefined, tabIndex: 0 | undefined] {
  const [over, setOver] = useState(false);
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => setOver(element.scrollHeight > element.clientHeight + 1));
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    return () => observer.disconnect();
  }, []);
  return [ref, over ? 0 : undefined];
}
