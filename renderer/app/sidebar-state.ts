import { isBoolean, stored } from './stored.ts';

/** `Ctrl B`: the sidebar as a rail of icons. */
export const railStored = stored<boolean>('rail', isBoolean, false);
/** `Ctrl \`: the detail pane at the right of a screen. */
export const detailStored = stored<boolean>('detail', isBoolean, true);
