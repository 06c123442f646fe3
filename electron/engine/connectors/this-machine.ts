/** The names by which this machine calls itself, as `URL.hostname` writes them. */
const names: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

export const onThisMachine = ({ hostname }: URL): boolean => names.includes(hostname);
