import classes from './segmented.module.css';

interface SegmentedProps<T extends string> {
  label: string;
  name: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** One of a few: native radio buttons, so arrows and screen readers work as everywhere. */
export function Segmented<T extends string>({ label, name, value, options, onChange }: SegmentedProps<T>) {
  return (
    <fieldset className={classes.group}>
      <legend className="gh-visually-hidden">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className={`${classes.option} ${option.value === value ? classes.on : ''}`}>
          <input type="radio" className="gh-visually-hidden" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
