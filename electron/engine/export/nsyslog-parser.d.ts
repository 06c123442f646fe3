/** For tests: the parser brings no types; these are of what the tests read. */
declare module 'nsyslog-parser' {
  interface ParsedEntry {
    readonly type: string;
    readonly cef: Readonly<Record<string, string>>;
    readonly fields: Readonly<Record<string, string>>;
    readonly prival: number;
    readonly host: string;
    readonly appName: string;
    readonly messageid: string;
  }
  export default function parse(line: string, options?: object): ParsedEntry;
}
