/** Names of the few messages between preload and main. Everything else travels on the engine's port. */


export const channels = {
  /** preload -> main, once a load: this page wants a port. */
  hello: 'gatehouse:hello',
  /** main -> preload: an `EngineState`; when it is `ready` for this page, the new port comes with it. */
  engineState: 'gatehouse:engine-state',
  demoState: 'gatehouse:demo-state',
  menuCommand: 'gatehouse:menu-command',
} as const;

export const favourNames = ['copyText', 'setTheme', 'openDataFolder', 'startDemo', 'stopDemo', 'restartEngine', 'saveCertificate', 'saveText', 'writeReport', 'openReport', 'saveVerifier'] as const;
export type FavourName = (typeof favourNames)[number];
/** preload -> main, answered: one channel a favour. */
export const favourChannel = (name: FavourName): string => `gatehouse:favour:${name}`;

export const mostCopiedCharacters = 1_000_000;
/** Prefix of the argument by which main tells the preload the program's version. */
export const versionArgument = '--gatehouse-version=';

/** Title of the page once a certificate is drawn whole: the sign that it can be printed. */
export const certificateTitle = (number: number): string => `Stop certificate ${number}`;

/** The same for a report that is printed. */
export const reportTitle = 'Report, drawn';
