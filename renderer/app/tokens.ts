/**
 * The token table: the only file that may hold hex colours. Each token is [light, dark]; contrasts were measured on
 * every ground where the token may stand (no text under 4.5:1, no needed shape under 3:1), so change both or neither.
 */
export const colourTokens = {
  canvas: ['#EDF0F2', '#0E1316'],
  surface: ['#FFFFFF', '#151B1F'],
  sunken: ['#F4F6F7', '#101619'],
  raised: ['#FFFFFF', '#1C2429'],
  hover: ['#EAF0F3', '#1E272D'],
  selected: ['#DCE9F1', '#1D3342'],
  line: ['#D3DADE', '#2A343A'],
  'line-strong': ['#73808A', '#71808A'],
  text: ['#182127', '#E2E8EB'],
  muted: ['#47545D', '#AAB6BD'],
  faint: ['#566370', '#8C9AA3'],
  accent: ['#1D5E8C', '#82BBE0'],
  'on-accent': ['#FFFFFF', '#0C1A24'],
  stop: ['#B3261E', '#FF8A80'],
  'stop-fill': ['#B3261E', '#BF342B'],
  'on-stop': ['#FFFFFF', '#FFFFFF'],
  wait: ['#855400', '#E2B45A'],
  ok: ['#2A6B48', '#7CC79C'],
  deny: ['#6A4596', '#BFA1E8'],
  quiet: ['#566370', '#8C9AA3'],
  'accent-soft': ['#DCE9F1', '#1D3342'],
  'stop-soft': ['#FBE9E7', '#3A1D1C'],
  'wait-soft': ['#FAEFD9', '#352A14'],
  'ok-soft': ['#E2F0E8', '#173126'],
  'deny-soft': ['#EFE8F7', '#2B2239'],
  'quiet-soft': ['#E9EDF0', '#222B31'],
  hatch: ['#7F8C95', '#66747D'],
  d1: ['#2F608B', '#5B8FBC'],
  d2: ['#2E9184', '#5DBDAE'],
  d3: ['#A2752A', '#C79B4E'],
  d4: ['#3F4A52', '#6B7880'],
  d5: ['#66757F', '#8796A0'],
  plot: ['#E4E9EC', '#222B31'],
  scrim: ['rgba(20,28,34,.42)', 'rgba(4,7,9,.62)'],
} as const satisfies Record<string, readonly [light: string, dark: string]>;

/** What Mantine calls colours: ten shades each, from which its own variables are made. */
export const palettes = {
  slate: ['#F4F6F7', '#EDF0F2', '#E4E9EC', '#D3DADE', '#AAB6BD', '#73808A', '#566370', '#47545D', '#2A343A', '#182127'],
  signal: ['#EEF4F8', '#DCE9F1', '#BDD6E6', '#9DC5E0', '#82BBE0', '#5E95C2', '#3D6F98', '#1D5E8C', '#174C72', '#1D3342'],
  stop: ['#FDF3F2', '#FBE9E7', '#F6CDC9', '#FFB3AB', '#FF8A80', '#D9534A', '#BF342B', '#B3261E', '#8E1D17', '#3A1D1C'],
  dark: ['#E2E8EB', '#AAB6BD', '#8C9AA3', '#71808A', '#2A343A', '#222B31', '#1C2429', '#151B1F', '#101619', '#0E1316'],
} as const;

export const white = '#FFFFFF';
export const black = '#182127';
