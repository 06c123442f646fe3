/** Commands of the audit log: ask the engine, print the answer. */
import type { AuditCommand, AuditFilter } from './cli-audit-arguments.ts';
import { auditColumns, checkText, entryText, keyText, sealColumns } from './cli-audit-text.ts';
import type { CommandContext } from './cli-commands.ts';
import { paged, pageSize } from './cli-lists.ts';
import { printJson, printRows, printText } from './cli-output.ts';
import { publicId } from './store/ids.ts';
import { plural } from './plural.ts';

const tableLimit = 100;
const jsonLimit = 10_000;

/** Answers with the code that the program ends with: a log that is damaged is no success. */
export async function runAuditCommand(command: AuditCommand, context: CommandContext): Promise<number> {
  const { caller, json, streams } = context;
  const print = async (value: object, text: string, code = 0): Promise<number> => {
    await (json ? printJson(value, streams) : printText(text, streams));
    return code;
  };
  switch (command.name) {
    case 'audit': return list(command.filter, command.limit, context);
    case 'audit show': {
      const { entry } = command;
      const detail = await caller.call('audit.get', { id: /^[1-9]\d{0,14}$/.test(entry) ? publicId('audit', Number(entry)) : entry });
      return print(detail, entryText(detail));
    }
    case 'audit check': {
      const check = await caller.call('audit.check', {});
      return print(check, checkText(check, await caller.call('audit.status', {})), check.state === 'whole' ? 0 : 1);
    }
    case 'audit seals': {
      const limit = command.limit ?? (json ? jsonLimit : tableLimit);
      await printRows({ pages: paged((before) => caller.call('audit.seals', { limit: pageSize(limit), ...(before === undefined ? {} : { before }) })), columns: sealColumns, json: (row) => row, none: 'Nothing is sealed yet.' }, limit, json, streams);
      return 0;
    }
    case 'audit key': {
      const { rows } = await caller.call('audit.keys', {});
      const shown = command.all ? rows : rows.filter((key) => key.retiredAt === null);
      if (shown.length === 0) return print([], 'There is no key yet. It is made when Gatehouse starts (gatehouse serve, or the desktop).\n');
      return print(shown, shown.map(keyText).join('\n'));
    }
    case 'audit renew-key': {
      const key = await caller.call('audit.renewKey', { reason: command.reason });
      return print(key, `Another key seals the log from here on; the one before handed over to it. Tell its fingerprint to whoever compares it.\n\n${keyText(key)}`);
    }
    case 'audit prune': {
      const gone = await caller.call('audit.prune', { before: command.before, reason: command.reason });
      return print(gone, gone.upTo === null ? 'Nothing was removed: no seal counts only entries from before then.\n' : `${plural(gone.entries, 'entry was', 'entries were')} removed, up to entry ${gone.upTo}. A tombstone behind their seal says so.\n`);
    }
  }
}

async function list(filter: AuditFilter, wanted: number | null, { caller, json, streams }: CommandContext): Promise<number> {
  const limit = wanted ?? (json ? jsonLimit : tableLimit);
  const any = Object.keys(filter).length > 0;
  await printRows({ pages: paged((before) => caller.call('audit.list', { ...filter, limit: pageSize(limit), ...(before === undefined ? {} : { before }) })), columns: auditColumns, json: (row) => row, none: any ? 'No entry of the audit log is like that.' : 'The audit log is empty.' }, limit, json, streams);
  return 0;
}
