/** OTLP/JSON may say an enum by its name. */
const named = (prefix: string, names: readonly string[], from = 0): ReadonlyMap<string, number> =>
  new Map(names.map((name, i) => [prefix + name, i + from]));

export const spanKinds = named('SPAN_KIND_', ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER']);
export const statusCodes = named('STATUS_CODE_', ['UNSET', 'OK', 'ERROR']);
const severityNames = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) => [name, `${name}2`, `${name}3`, `${name}4`]);
export const logSeverities = named('SEVERITY_NUMBER_', ['UNSPECIFIED', ...severityNames]);
