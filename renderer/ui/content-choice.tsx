import type { ContentLevel } from '../../shared/domain.ts';
import classes from './content-choice.module.css';

/** From least to most; a type import alone keeps the contract's checks out of the page. */
const levels: readonly ContentLevel[] = ['none', 'redacted', 'full'];

export const contentWords: Record<ContentLevel, { word: string; says: string }> = {
  none: { word: 'None', says: 'No prompts, answers or tool arguments. Names, times, counts and money only.' },
  redacted: { word: 'Redacted', says: 'Kept, after known secret shapes and e-mail addresses are masked. What the masks do not know is stored.' },
  full: { word: 'Full', says: 'Kept as sent: whatever people and agents wrote, secrets too.' },
};

/** What of prompts, answers and tool arguments is kept. Each choice says what it means before it is taken. */
export function ContentChoice({ value, onChange, name = 'content' }: { value: ContentLevel; onChange: (level: ContentLevel) => void; name?: string }) {
  return (
    <fieldset className={classes.choice}>
      <legend className="gh-visually-hidden">Content</legend>
      {levels.map((level) => (
        <label key={level} className={`${classes.option} ${level === value ? classes.on : ''}`}>
          <input type="radio" name={name} value={level} checked={level === value} onChange={() => onChange(level)} className={classes.radio} />
          <strong>{contentWords[level].word}</strong>
          <span className={classes.says}>{contentWords[level].says}</span>
        </label>
      ))}
    </fieldset>
  );
}
