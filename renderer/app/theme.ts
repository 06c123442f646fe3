/** The Mantine theme and the `--gh-*` variables. Components use only the variables, never a colour of their own. */
import {
  convertCssVariables, createTheme, defaultCssVariablesResolver, mergeMantineTheme, DEFAULT_THEME,
  type CSSVariablesResolver, type MantineColorsTuple,
} from '@mantine/core';
import { black, colourTokens, palettes, white } from './tokens.ts';

const tuple = (shades: readonly string[]): MantineColorsTuple => shades as unknown as MantineColorsTuple;

/** Mantine measures contrast against its own palette; the main button stands on a token. */
const filledButton = { '--button-bg': 'var(--gh-accent)', '--button-hover': 'var(--gh-accent)', '--button-color': 'var(--gh-on-accent)' };

export const theme = createTheme({
  colors: { slate: tuple(palettes.slate), signal: tuple(palettes.signal), stop: tuple(palettes.stop), dark: tuple(palettes.dark) },
  primaryColor: 'signal',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.3,
  white,
  black,
  fontFamily: '"IBM Plex Sans", system-ui, sans-serif',
  fontFamilyMonospace: '"IBM Plex Mono", ui-monospace, monospace',
  fontSizes: { xs: '0.6875rem', sm: '0.75rem', md: '0.8125rem', lg: '0.9375rem', xl: '1.125rem' },
  lineHeights: { xs: '1.27', sm: '1.34', md: '1.385', lg: '1.334', xl: '1.334' },
  headings: {
    fontWeight: '600',
    sizes: {
      h1: { fontSize: '1rem', lineHeight: '1.25' },
      h2: { fontSize: '0.8125rem', lineHeight: '1.385' },
      h3: { fontSize: '0.75rem', lineHeight: '1.334' },
    },
  },
  spacing: { xs: '0.25rem', sm: '0.5rem', md: '0.75rem', lg: '1rem', xl: '1.5rem' },
  radius: { xs: '2px', sm: '3px', md: '4px', lg: '6px', xl: '8px' },
  defaultRadius: 'md',
  shadows: {
    xs: 'none', sm: 'none', md: '0 4px 12px rgba(0,0,0,.16)', lg: '0 12px 40px rgba(0,0,0,.28)', xl: '0 12px 40px rgba(0,0,0,.28)',
  },
  focusRing: 'auto',
  cursorType: 'default',
  respectReducedMotion: true,
  components: {
    Button: {
      defaultProps: { size: 'xs', variant: 'default' },
      vars: (_theme: unknown, props: { variant?: string }) => ({
        root: { '--button-fz': '0.75rem', '--button-height': '1.75rem', '--button-padding-x': '0.625rem', ...(props.variant === 'filled' ? filledButton : {}) },
      }),
    },
    ActionIcon: { defaultProps: { size: 28, variant: 'subtle' } },
    Table: { defaultProps: { verticalSpacing: 0, horizontalSpacing: 'sm', highlightOnHover: true, stickyHeader: true } },
    Tooltip: { defaultProps: { openDelay: 400, closeDelay: 0, transitionProps: { duration: 0 }, events: { hover: true, focus: true, touch: false } } },
    // lockScroll: the window itself never scrolls, and the lock would inject a style tag that the CSP refuses.
    Modal: { defaultProps: { radius: 'lg', transitionProps: { duration: 0 }, overlayProps: { blur: 0 }, lockScroll: false } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 0 } } },
    Popover: { defaultProps: { shadow: 'md', transitionProps: { duration: 0 } } },
    Select: { defaultProps: { size: 'xs', comboboxProps: { transitionProps: { duration: 0 }, shadow: 'md' }, allowDeselect: false } },
    TextInput: { defaultProps: { size: 'xs' } },
    NumberInput: { defaultProps: { size: 'xs' } },
    Skeleton: { defaultProps: { animate: false } },
  },
});

const side = (index: 0 | 1): Record<`--gh-${string}`, string> =>
  Object.fromEntries(Object.entries(colourTokens).map(([name, pair]) => [`--gh-${name}`, pair[index]]));

/** Mantine's own colours are pointed at ours, so that its controls stand on the same grounds as our parts. */
const mantineAliases = {
  '--mantine-color-body': 'var(--gh-surface)',
  '--mantine-color-text': 'var(--gh-text)',
  '--mantine-color-dimmed': 'var(--gh-muted)',
  '--mantine-color-placeholder': 'var(--gh-faint)',
  '--mantine-color-anchor': 'var(--gh-accent)',
  '--mantine-color-error': 'var(--gh-wait)',
  '--mantine-color-default': 'var(--gh-surface)',
  '--mantine-color-default-hover': 'var(--gh-hover)',
  '--mantine-color-default-color': 'var(--gh-text)',
  '--mantine-color-default-border': 'var(--gh-line-strong)',
  '--mantine-primary-color-filled': 'var(--gh-accent)',
  '--mantine-primary-color-filled-hover': 'var(--gh-accent)',
  '--mantine-primary-color-contrast': 'var(--gh-on-accent)',
} as const;

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...side(0), ...mantineAliases },
  dark: { ...side(1), ...mantineAliases },
});

/**
 * Puts every variable into one constructed style sheet. MantineProvider would write a `<style>` tag instead, and then
 * the content security policy had to allow inline styles.
 */
export function adoptThemeVariables(target: Document): void {
  const full = mergeMantineTheme(DEFAULT_THEME, theme);
  const base = defaultCssVariablesResolver(full);
  const own = cssVariablesResolver(full);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(convertCssVariables({
    variables: { ...base.variables, ...own.variables },
    light: { ...base.light, ...own.light, '--mantine-color-scheme': 'light' },
    dark: { ...base.dark, ...own.dark, '--mantine-color-scheme': 'dark' },
  }));
  target.adoptedStyleSheets = [...target.adoptedStyleSheets, sheet];
}
