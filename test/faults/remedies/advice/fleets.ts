import { type Pointer, pointer } from '../scenario.ts'

const onServers = (title: string, advice: string): readonly Pointer[] => [
  pointer('unit/fleet/servers.test.ts', title, advice),
]
const command = (title: string, advice: string): readonly Pointer[] => [
  pointer('cli/daily/fleet.test.ts', title, advice),
]

const onQueue = (title: string, advice: string): readonly Pointer[] => [
  pointer('unit/fleet/queue/failing.test.ts', title, advice),
]

const everyAttempt =
  'A target that counts from where a member is, is refused before any member is read; one that is named is the same in every attempt'

/** Advice about many databases with one history. */
export const ofFleets: { readonly [advice: string]: readonly Pointer[] } = {
  'Name a schema of at most 63 bytes that this role may use.': onServers(
    'Names that the server would read as another schema are refused',
    'names a short one',
  ),
  'Leave search_path as it is in revisions, and name the schema of what lies elsewhere.': onServers(
    'A revision that leaves the schema of its member fails, and changes nothing',
    'names the schema',
  ),
  'Leave USE out of revisions, and name the database of what lies elsewhere.': onServers(
    'A revision that leaves the database of its member fails, and changes nothing elsewhere',
    'names the database',
  ),
  'Make it with `migrate fleet create`, or correct the list of members.': command(
    'A member that does not exist is named and not made, until it is created, from a template where the configuration says so',
    'creates it',
  ),
  'Grant it: GRANT USAGE ON SCHEMA "…" TO "…".': onServers(
    'A schema that the role may not use is named with the grant, which works',
    'grants it',
  ),
  'Create it: CREATE DATABASE "…"; or let the role create databases.': onServers(
    'A database that the role may not make is named with the right, which works',
    'grants it',
  ),
  'Say in `fleet.members` which databases there are.': command(
    'A configuration without a fleet is refused, and its advice works',
    'says it',
  ),
  'Name the tier: `--tier …`, or another one with the `--url` of a member. `migrate fleet` takes all of them.': [
    pointer(
      'cli/daily/fleet-operators.test.ts',
      'A tier that all members share, at %s, and those of a member each have their commands',
      'names each of them',
    ),
  ],
  'Add it to what `fleet.members` lists first.': command(
    'A member that is not listed is not created, until it is',
    'adds it',
  ),
  'Name a file as the pattern finds it, from the folder of the configuration, in a folder that exists.': command(
    'A new file that the pattern of the members finds is created; another one leaves nothing behind',
    'names one that the pattern finds',
  ),
  'Install it, on Node 22.12 or newer: `npm install pg-boss`.': onQueue(
    'Without pg-boss the error says how to install it, and with it the worker begins',
    'installs it',
  ),
  'Name the revision, or its label: each member ends there, however often it is tried.': [
    pointer('unit/fleet/targets.test.ts', everyAttempt, 'names the revision'),
  ],
  'Wait for that run: `migrate fleet watch` shows it. After its process has died it ends by itself.': onQueue(
    'Of two runs at once the second waits, then is refused; when the first was stopped it takes what is left',
    'waits for it',
  ),
  'Migrate the member by itself, to see what ends the workers.': onQueue(
    'The members of a job that no worker survives are reported, and can be migrated by themselves',
    'migrates one',
  ),
  'Give each worker the same `members` as the run.': onQueue(
    'A member that the worker does not list is named, and migrated when it does',
    'lists it',
  ),
}
