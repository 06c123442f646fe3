import { IconSearch } from '@tabler/icons-react';
import type { KeyboardEvent, Ref } from 'react';
import { Kbd } from './kbd.tsx';
import classes from './search-field.module.css';

interface SearchFieldProps {
  value: string;
  onChange: (value: string) => void;
  /** what it matches: "Name, service, identifier". */
  placeholder: string;
  label: string;
  width?: number | string;
  ref?: Ref<HTMLInputElement>;
  onKeyDown?: (event: KeyboardEvent<HTMLInputElement>) => void;
}

/** Filter of a list; `/` focuses it (useKeys of the screen), Escape clears, then leaves. */
export function SearchField({ value, onChange, placeholder, label, width = 220, ref, onKeyDown }: SearchFieldProps) {
  const keyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    onKeyDown?.(event);
    if (event.key !== 'Escape' || event.defaultPrevented) return;
    event.preventDefault();
    event.stopPropagation();
    if (value === '') event.currentTarget.blur();
    else onChange('');
  };
  return (
    <label className={classes.field} style={{ width }}>
      <IconSearch size={14} stroke={1.75} aria-hidden="true" className={classes.icon} />
      <input ref={ref} type="text" className={classes.input} value={value} placeholder={placeholder} aria-label={label} data-filter spellCheck={false} autoComplete="off"
        onChange={(event) => onChange(event.currentTarget.value)} onKeyDown={keyDown} />
      {value === '' && <Kbd keys="/" />}
    </label>
  );
}
