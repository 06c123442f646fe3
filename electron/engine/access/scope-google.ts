/** Google's scopes ("OAuth 2.0 Scopes for Google APIs"). `.readonly` reads in every family; a family without a suffix includes deletion. */
import type { ClassReading } from './worst.ts';
import type { ScopeReading } from './scope-reading.ts';
import { changing, looking, removing, ruling, running, scope, sending } from './scope-reading.ts';

const all: readonly ClassReading[] = [...looking, ...changing, ...removing];
const spending: readonly ClassReading[] = [{ class: 'spend', reversibility: 'externally_reversible' }];
const reaching: readonly ClassReading[] = [{ class: 'network', reversibility: 'unknown' }];

/** By the part after `https://www.googleapis.com/auth/`, where the rule of suffixes does not say it. */
const exact: Readonly<Record<string, readonly [string, readonly ClassReading[], string | null]>> = {
  'cloud-platform': ['Google Cloud', [...all, ...ruling, ...running, ...reaching, ...spending], 'Everything in Google Cloud that the roles of its holder allow.'], 'cloud-platform.read-only': ['Google Cloud', looking, null], compute: ['Compute Engine', [...all, ...running, ...reaching, ...spending], null],
  'gmail.send': ['Gmail', sending, null], 'gmail.compose': ['Gmail', [...looking, ...changing, ...sending], 'Drafts, and sending them.'], 'gmail.insert': ['Gmail', changing, null], 'gmail.labels': ['Gmail', all, 'Labels only.'], 'gmail.metadata': ['Gmail', looking, 'Headers and labels, no bodies.'], 'gmail.modify': ['Gmail', [...looking, ...changing, ...sending, { class: 'delete', reversibility: 'reversible' }], 'Everything but deleting past the bin.'], 'gmail.settings.basic': ['Gmail settings', [...looking, ...changing], null], 'gmail.settings.sharing': ['Gmail settings', ruling, 'Forwarding and who may send as the person.'],
  'drive.file': ['Drive', all, 'Only files that it made or was given.'], 'drive.appdata': ['Drive', all, 'Only its own hidden folder.'], 'drive.appfolder': ['Drive', all, 'Only its own hidden folder.'], 'drive.install': ['Drive', changing, null], 'drive.scripts': ['Apps Script', [...looking, ...changing, ...running], null],
  'userinfo.email': ['Sign-in', looking, null], 'userinfo.profile': ['Sign-in', looking, null], 'devstorage.read_only': ['Cloud Storage', looking, null], 'devstorage.read_write': ['Cloud Storage', all, null], 'devstorage.full_control': ['Cloud Storage', [...all, ...ruling], null], 'devstorage.write_only': ['Cloud Storage', changing, null],
  bigquery: ['BigQuery', [...all, ...running, ...spending], 'Queries cost.'], 'bigquery.insertdata': ['BigQuery', changing, null], 'logging.read': ['Cloud Logging', looking, null], 'logging.write': ['Cloud Logging', changing, null], 'logging.admin': ['Cloud Logging', [...all, ...ruling], null], 'monitoring.read': ['Cloud Monitoring', looking, null], 'monitoring.write': ['Cloud Monitoring', changing, null], monitoring: ['Cloud Monitoring', all, null],
  'calendar.events': ['Calendar', all, null], 'calendar.freebusy': ['Calendar', looking, null], 'script.external_request': ['Apps Script', reaching, 'Calls to any address.'], 'script.projects': ['Apps Script', all, null], 'cloud-language': ['Natural Language', [...running, ...spending], null], 'generative-language': ['Gemini', [...running, ...spending], null], 'cloud-billing': ['Cloud Billing', [...looking, ...changing, ...spending], null], 'youtube.upload': ['YouTube', sending, null],
};
const families: Readonly<Record<string, string>> = {
  drive: 'Drive', gmail: 'Gmail', calendar: 'Calendar', contacts: 'Contacts', spreadsheets: 'Sheets', documents: 'Docs', presentations: 'Slides', forms: 'Forms', tasks: 'Tasks', youtube: 'YouTube', pubsub: 'Pub/Sub', datastore: 'Datastore', photoslibrary: 'Photos', classroom: 'Classroom', chat: 'Chat', directory: 'Contacts', user: 'Sign-in', analytics: 'Analytics', webmasters: 'Search Console',
  adwords: 'Google Ads', keep: 'Keep', meetings: 'Meet', spanner: 'Spanner', bigtable: 'Bigtable', firebase: 'Firebase', 'cloud-billing': 'Cloud Billing', compute: 'Compute Engine', bigquery: 'BigQuery', sqlservice: 'Cloud SQL', ndev: 'Cloud DNS',
};

export function googleScope(name: string): ScopeReading | null {
  if (/^https:\/\/mail\.google\.com\/?$/u.test(name)) return scope('Gmail', [...looking, ...changing, ...sending, { class: 'delete', reversibility: 'irreversible' }], { says: 'Everything in the mailbox, deleting for ever too.', dataClass: 'personal' });
  const rest = /^https:\/\/www\.googleapis\.com\/auth\/([\w.-]+)$/u.exec(name)?.[1];
  if (rest === undefined) return null;
  const known = Object.hasOwn(exact, rest) ? exact[rest] : undefined;
  if (known) return scope(known[0], known[1], { says: known[2], dataClass: dataOf(rest) });
  const [family = '', ...parts] = rest.split('.');
  if (family === 'admin') return administration(rest, parts);
  const title = Object.hasOwn(families, family) ? families[family] : undefined;
  // The suffix is Google's own rule for every family.
  if (parts.at(-1) === 'readonly') return scope(title ?? family, looking, { notes: title === undefined ? ['Which data it is about is not known here.'] : [], dataClass: dataOf(rest) });
  if (title === undefined || parts.length > 0) return null;
  return scope(title, all, { dataClass: dataOf(rest) });
}

function administration(rest: string, parts: readonly string[]): ScopeReading | null {
  if (!/^admin\.(?:directory|reports|datatransfer|chrome)\b/u.test(rest)) return null;
  const resource = `Workspace ${parts.filter((part) => part !== 'readonly').join(' ')}`;
  return parts.at(-1) === 'readonly' ? scope(resource, looking) : scope(resource, [...all, ...ruling]);
}

const dataOf = (rest: string): string | null => (/^(?:gmail|contacts|calendar|directory|user|photoslibrary|classroom|chat|people)/u.test(rest) ? 'personal' : null);
