import { declared } from '../../command-line/declaration.ts'
import { everyTier, noTier } from '../../command-line/tier-refusals.ts'
import { databases, templates } from '../../new-files/project-files.ts'
import type { AdoptSettings } from '../adopt.ts'
import type { InitSettings } from '../init.ts'
import type { PullSettings } from '../pull/pull.ts'

export const adopt = [
  declared<InitSettings>({
    name: 'init',
    summary: 'make a configuration and a folder for revisions here; nothing is overwritten',
    options: [
      {
        flags: '--dialect <name>',
        description: 'what the configuration names',
        default: 'on a terminal you choose, else that of the URL, else what the files of the project use, else sqlite',
        choices: databases,
      },
      {
        flags: '--folder <path>',
        description: 'where revisions will lie',
        default: 'on a terminal you choose, else migrations',
      },
      {
        flags: '--template <kind>',
        description: 'into an ESM service that is there, or a package of a monorepo',
        default: 'on a terminal you choose, else service',
        choices: templates,
      },
      {
        flags: '--schema <files...>',
        description: 'the files that declare the schema, with Drizzle or table(…)',
        default: 'on a terminal you choose, else those that are recognised',
      },
      { flags: '--no-schema', description: 'no files declare it', default: 'those that are recognised' },
    ],
    refusesTier: noTier,
    examples: [
      { line: 'migrate init', description: 'in this folder' },
      {
        line: 'migrate init --dialect postgres --template package',
        description: 'a package of its own, without a question but for folder and schema',
      },
      {
        line: 'migrate init --dialect sqlite --folder revisions --schema src/schema.ts',
        description: 'with the files that declare the schema',
      },
      { line: 'migrate init --json', description: 'and tell a program what was made' },
    ],
    work: async (context, _args, options) => (await import('../init.ts')).init(context, options),
  }),
  declared<PullSettings>({
    name: 'pull',
    summary: 'write the schema of the database, or of a revision, as declarations with table(…) or Drizzle',
    options: [
      { flags: '--out <file>', description: 'the file to write, such as src/schema.ts', default: 'printed' },
      {
        flags: '--at <target>',
        description: 'the schema that the revisions up to this one make',
        default: 'that of the database',
      },
      {
        flags: '--as <kind>',
        description: 'with table(…), or with the functions of drizzle-orm',
        default: 'drizzle where the file, or the schema of the configuration, imports drizzle-orm; else table',
        choices: ['table', 'drizzle'],
      },
      { flags: '--force', description: 'replace a file that is there with another text' },
    ],
    examples: [
      { line: 'migrate pull --out src/schema.ts', description: 'what the database has' },
      { line: 'migrate pull --at head --out src/schema.ts --force', description: 'what the revisions make' },
      { line: 'migrate pull --as drizzle --out src/schema.ts', description: 'as tables of Drizzle' },
      { line: 'migrate pull --json', description: 'and list for a program what is not declared' },
    ],
    work: async (context, _args, options) => (await import('../pull/pull.ts')).pull(context, options),
  }),
  declared<AdoptSettings>({
    name: 'adopt',
    summary:
      'take over a database that another tool has migrated: write a first revision for its schema, prove it and stamp it',
    options: [
      { flags: '-m, --message <text>', description: 'what the first revision is called', default: 'what was there' },
      { flags: '--rev-id <id>', description: 'its id', default: 'twelve random hex digits' },
      {
        flags: '--import <kind and folder...>',
        description: 'write the migrations of a folder as revisions instead: drizzle ./drizzle, or sql ./migrations',
        default: 'one revision for everything',
      },
      {
        flags: '--tool-table <name=name>',
        description: "another name of a tool's table: knex_migrations=internal.steps",
        default: 'the usual names',
        repeatable: true,
      },
      {
        flags: '--no-stamp',
        description: 'write and prove it, and stamp nothing',
        default: 'stamped where it is the same',
      },
      { flags: '--dry-run', description: 'only report what the database has' },
    ],
    examples: [
      { line: 'migrate adopt --dry-run', description: 'whose database it is, and what is in it' },
      { line: 'migrate adopt', description: 'take it over' },
    ],
    work: async (context, _args, options) => (await import('../adopt.ts')).adopt(context, options),
  }),
  declared({
    name: 'load',
    summary: 'bring an empty database to the schema at head in one step, by the snapshot that `upgrade` writes',
    arguments: [{ name: '[file]', description: 'the snapshot', default: '`snapshot` of the configuration' }],
    refusesTier: everyTier,
    examples: [
      { line: 'migrate load', description: 'the file that the configuration names' },
      { line: 'migrate load schema.sql --json', description: 'and tell a program which revisions were recorded' },
    ],
    running: true,
    work: async (context, [file]) => (await import('../load/load.ts')).load(context, file),
  }),
  declared({
    name: 'ensure-version',
    summary: 'make the bookkeeping tables, and nothing else',
    refusesTier: everyTier,
    examples: [
      { line: 'migrate ensure-version', description: 'so that rights on them can be given before the first run' },
      { line: 'migrate ensure-version --json', description: 'and tell a program which were made' },
    ],
    work: async (context) => (await import('../ensure-version.ts')).ensureVersion(context),
  }),
]
