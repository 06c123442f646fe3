/** A day, UTC, as it is written everywhere here: `1 Aug 2026`, or typed as 2026-08-01. Arrows move it by a day. */
import { useState } from 'react';
import { dayWords, movedDay, parseDay } from './day-words.ts';
import classes from './audit.module.css';

/** `day` empty: none. What is typed and is no day stays as it was typed, and is said to be none. */
export function DayField({ label, day, onDay }: { label: string; day: string; onDay: (day: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const wrong = typed !== null && typed.trim() !== '' && parseDay(typed) === null;
  return (
    <input
      type="text" className={wrong ? `${classes.field} ${classes.wrong}` : classes.field} aria-label={label} aria-invalid={wrong} data-tip={wrong ? 'A day reads as 1 Aug 2026 or 2026-08-01' : undefined} placeholder="any day" spellCheck={false} autoComplete="off"
      value={typed ?? dayWords(day)}
      onChange={(event) => {
        const text = event.currentTarget.value;
        setTyped(text);
        const next = text.trim() === '' ? '' : parseDay(text);
        if (next !== null) onDay(next);
      }}
      onBlur={() => { if (!wrong) setTyped(null); }}
      onKeyDown={(event) => {
        const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : 0;
        const next = by === 0 ? null : movedDay(day, by);
        if (next === null) return;
        event.preventDefault();
        setTyped(null);
        onDay(next);
      }}
    />
  );
}
