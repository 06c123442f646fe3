/** Where a syslog receiver is, in one line. Apart from the schemas, so that the page need not load what checks them. */
export interface ReceiverPlace { readonly host: string; readonly port: number; readonly transport: 'tcp' | 'tls' }

export const receiverAddress = ({ host, port, transport }: ReceiverPlace): string => `${transport}://${host.includes(':') ? `[${host}]` : host}:${port}`;
/** The ports that are given for it: RFC 6587 (in practice) and RFC 5425. */
export const usualSyslogPort = (transport: ReceiverPlace['transport']): number => (transport === 'tls' ? 6_514 : 601);
/** A name or an address, without a scheme. */
export const receiverHost = /^[A-Za-z0-9.:_-]+$/;
