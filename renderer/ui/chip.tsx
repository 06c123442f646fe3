import { Menu } from '@mantine/core';
import { IconChevronDown, IconX } from '@tabler/icons-react';
import classes from './chip.module.css';

/** A filter that is on or off. On: selected ground, and a cross that says how to leave it. */
export function Chip({ label, on, onToggle }: { label: string; on: boolean; onToggle: () => void }) {
  return (
    <button type="button" className={`${classes.chip} ${on ? classes.on : ''}`} aria-pressed={on} onClick={onToggle}>
      {label}{on && <IconX size={12} stroke={1.75} aria-hidden="true" />}
    </button>
  );
}

interface ChoiceChipProps<T extends string> {
  /** "Kind" */
  label: string;
  options: readonly { value: T; label: string }[];
  /** null: all. */
  value: T | null;
  onChange: (value: T | null) => void;
}

/** A filter with one choice of several: "Kind: all", "Kind: tool call". */
export function ChoiceChip<T extends string>({ label, options, value, onChange }: ChoiceChipProps<T>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <button type="button" className={`${classes.chip} ${value === null ? '' : classes.on}`}>
          {label}: {chosen?.label.toLowerCase() ?? 'all'}<IconChevronDown size={12} stroke={1.75} aria-hidden="true" />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => onChange(null)} aria-current={value === null}>All</Menu.Item>
        {options.map((option) => <Menu.Item key={option.value} aria-current={option.value === value} onClick={() => onChange(option.value)}>{option.label}</Menu.Item>)}
      </Menu.Dropdown>
    </Menu>
  );
}
