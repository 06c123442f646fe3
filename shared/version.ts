/** The program's version, for parts that cannot ask Electron; a test holds it to package.json. */
export const version = '0.1.0';
