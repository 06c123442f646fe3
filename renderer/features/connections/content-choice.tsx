import { contentLevels, type ContentLevel } from '../../../shared/domain.ts';
import { contentWords } from './connection-health.ts';
import classes from './content-choice.module.css';

/** What of prompts, answers and tool arguments is kept. Each choice says what it means before it is taken. */
export function ContentChoice({ value, onChange, name = 'content' }: { value: ContentLevel; onChange: (level: ContentLevel) => void; name?: string }) {
  return (
    <fieldset className={classes.choice}>
      <legend className="gh-visually-hidden">Content</legend>
      {contentLevels.map((level) => (
        <label key={level} className={`${classes.option} ${level === value ? classes.on : ''}`}>
          <input type="radio" name={name} value={level} checked={level === value} onChange={() => onChange(level)} className={classes.radio} />
          <strong>{contentWords[level].word}</strong>
          <span className={classes.says}>{contentWords[level].says}</span>
        </label>
      ))}
    </fieldset>
  );
}
