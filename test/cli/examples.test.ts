import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import type { CommandDeclaration, Example } from '../../apps/cli/src/command-line/declaration.ts'
import { declarations } from '../../apps/cli/src/commands/declarations/index.ts'
import { executeIn } from '../unit/run/kit.ts'
import { ensureBuilt, Project, twoRevisions } from './project.ts'

beforeAll(ensureBuilt)

interface Expected {
  /** What runs before it, each of which has to succeed. */
  readonly before?: readonly string[]
  /** Default 0. */
  readonly code?: number
  /** In a folder without revisions, beside a database that another tool has made. */
  readonly foreign?: true
  /** In a folder without a configuration. */
  readonly bare?: true
  /** In a project that declares its tables. */
  readonly declares?: true
  /** In a project whose configuration lists two files. */
  readonly fleet?: true
  readonly output: RegExp
}

const applied = ['upgrade']
const config = `import { defineConfig } from '@org/cli'
export default defineConfig({ url: 'sqlite:./app.db', migrations: './migrations', autogenerate: { schema: './schema.ts' }, seed: async (db) => void (await db.query('SELECT 1')), snapshot: './schema.sql' })
`
const fleetConfig = `import { defineConfig } from '@org/cli'
const members = ['acme', 'other'].map((id) => ({ id, url: 'sqlite:' + id + '.db' }))
export default defineConfig({ migrations: './migrations', fleet: { members } })
`
/** What a1 and b1 make, and a column that they do not. */
const schema = `import { column, integer, table, text, varchar } from '@org/migrate-core'
export const accounts = table(
  'accounts',
  {
    id: column(integer(), { nullable: false }),
    name: column(text()),
    locale: column(varchar(12), { nullable: false, default: 'en' }),
    phone: column(text()),
  },
  { primaryKey: ['id'] },
)
`
/** Where the snapshot is written, and the database stays empty. */
const elsewhere = ['upgrade --url sqlite:other.db']
/** A second head beside b1. */
const aside = ['revision --head a1 --splice --rev-id c1']

/** Each example that a help shows, and what it does on a project with the revisions a1 and b1. */
const scenarios: { readonly [line: string]: Expected } = {
  'migrate upgrade': { output: /2 revisions applied in .*, now at b1/ },
  'migrate upgrade +1': { output: /1 revision applied in .*, now at a1/ },
  'migrate upgrade head --backup before.db': { before: ['upgrade a1'], output: /1 revision applied in .*, now at b1/ },
  'migrate upgrade a1:head --sql --out up.sql': { output: /written to .*up\.sql/ },
  'migrate fleet': { fleet: true, output: /^2 members\n2 +empty +base +2 pending +/ },
  'migrate fleet status': { fleet: true, before: ['fleet create acme'], output: /^2 members\n1 +/ },
  'migrate fleet status --json': { fleet: true, output: /^{"members":2,"groups":\[{"state":"empty"/ },
  'migrate fleet plan': {
    fleet: true,
    output: /^2 members, 1 plan\n\n2 members in state [0-9a-f]{12}: .*CREATE TABLE/s,
  },
  'migrate fleet plan a1': {
    fleet: true,
    before: ['fleet upgrade'],
    output: /^2 members, 1 plan\n\n2 members in state [0-9a-f]{12}: /s,
  },
  'migrate fleet plan --json': {
    fleet: true,
    output: /"members":2,"groups":\[{"fingerprint":"[0-9a-f]{12}".*"plans":1}/,
  },
  'migrate fleet upgrade': { fleet: true, output: /2 members in .*: 2 migrated, 0 up to date, 0 failed; 1 plan\n/ },
  'migrate fleet upgrade --json': { fleet: true, output: /"ok":true,"exitCode":0.*"migrated":2/ },
  'migrate fleet downgrade a1': {
    fleet: true,
    before: ['fleet upgrade'],
    output: /2 members in .*: 2 migrated, 0 up to date, 0 failed; /,
  },
  'migrate fleet downgrade base --json': {
    fleet: true,
    before: ['fleet upgrade'],
    output: /"type":"memberFinished","id":"acme".*"type":"result".*"migrated":2/s,
  },
  'migrate fleet check': {
    fleet: true,
    before: ['fleet create acme'],
    code: 3,
    output: /^1 of 2 members without a finding\n1 member: not at head: /,
  },
  'migrate fleet check --json': {
    fleet: true,
    before: ['fleet upgrade'],
    output: /^{"members":2,"ok":2,"findings":\[\]/,
  },
  'migrate fleet create acme': { fleet: true, output: /acme: 2 revisions applied/ },
  'migrate fleet create acme --json': { fleet: true, before: ['fleet upgrade'], output: /"id":"acme","applied":\[\]/ },
  // Where the configuration has no queue there are no jobs to take; with one: test/unit/fleet/queue.
  'migrate fleet work': { fleet: true, code: 2, output: /The option `queue`: the fleet has none/ },
  'migrate fleet work --once': { fleet: true, code: 2, output: /The option `queue`: the fleet has none/ },
  'migrate fleet watch': { fleet: true, before: ['fleet upgrade'], output: /^run [0-9a-f-]{36}\n.*all: 2 migrated\n/s },
  'migrate fleet watch --json': { fleet: true, output: /^{"run":null}\n$/ },
  'migrate fleet history acme': { fleet: true, before: ['fleet upgrade'], output: /^acme\nmigrated at .*main:b1/s },
  'migrate fleet history acme --json': { fleet: true, before: ['fleet upgrade'], output: /^{"id":"acme","record":{/ },
  'migrate fleet report --out fleet.html': { fleet: true, output: /^2 members reported in .*fleet\.html\n$/ },
  'migrate fleet report --json': { fleet: true, output: /^{"status":{"members":2,.*"html":"<!doctype html>/ },
  'migrate downgrade head:a1 --sql': { output: /^-- sha256: [0-9a-f]{64}\n.*downgrade main:b1/s },
  'migrate plan head --sql': { before: ['upgrade a1'], output: /from main at a1\n.*upgrade main:b1/s },
  'migrate stamp a1:b1 --sql': { output: /stamp main from a1 to b1: no table is changed/ },
  'migrate downgrade -1': { before: applied, output: /1 revision reverted in .*, now at a1/ },
  'migrate downgrade --last-run': { before: applied, output: /2 revisions reverted in .*, now at base/ },
  'migrate plan --last-run': {
    before: ['upgrade a1', 'upgrade'],
    output: /1 revision from b1 to a1.*DROP COLUMN "locale"/s,
  },
  'migrate downgrade base': { before: applied, output: /2 revisions reverted in .*, now at base/ },
  'migrate plan': { output: /2 revisions from base to b1.*CREATE TABLE .*"accounts"/s },
  'migrate plan base': { before: applied, output: /2 revisions from b1 to base.*DROP TABLE main."accounts"/s },
  'migrate upgrade --plan plan.json': {
    before: ['plan --out plan.json'],
    output: /2 revisions applied in .*, now at b1/,
  },
  'migrate plan --out plan.json': { output: /written to .*plan\.json/ },
  'migrate dev': {
    declares: true,
    before: applied,
    output: /: 1 revision written, 1 revision applied, now at [0-9a-f]{12}/,
  },
  'migrate dev -m "accounts get a phone"': {
    declares: true,
    before: applied,
    output: /created .*_accounts_get_a_phone\.ts\n {2}add column accounts\.phone\n/,
  },
  'migrate upgrade --report run.html': { output: /2 revisions applied in .*\nreport in .*run\.html\n/ },
  'migrate report --out report.html': { before: ['upgrade a1'], output: /^1 revision reported in .*report\.html\n$/ },
  'migrate report a1:head --no-database --out report.html': { output: /^1 revision reported in .*report\.html\n$/ },
  'migrate erd': { before: applied, output: /^erDiagram\n {2}t0\["accounts"\]/ },
  'migrate erd --changed current:head': { output: /^erDiagram\n {2}t0\["accounts"\][\s\S]*class t0 added\n$/ },
  'migrate erd head --format svg --out schema.svg': { output: /: 1 table, drawn in .*schema\.svg\n$/ },
  'migrate pull --out src/schema.ts': {
    before: applied,
    output: /: 1 table declared in .*schema\.ts\nName it in .*: autogenerate: .*\n$/,
  },
  'migrate pull --at head --out src/schema.ts --force': {
    output: /^b1: 1 table declared in .*schema\.ts\nName it in .*: autogenerate: .*\n$/,
  },
  'migrate pull --as drizzle --out src/schema.ts': {
    before: applied,
    output: /declared in .*schema\.ts/,
  },
  'migrate pull --json': { before: applied, output: /"undeclared":\[\]/ },
  'migrate test': { output: /2 revisions tested: nothing found\n$/ },
  'migrate test --on-copy "$STAGING_URL"': {
    before: ['upgrade a1'],
    output: /main:b1.*1 revision tested on a copy of .*app\.db in .*: nothing found\n/s,
  },
  'migrate test --applied --junit report.xml': { before: applied, output: /2 revisions tested: nothing found\n$/ },
  'migrate push --dry-run': { declares: true, output: /^- create table accounts\n {4}CREATE TABLE / },
  'migrate push': {
    declares: true,
    output: /app\.db: 1 change pushed in .*\n- create table accounts\n {4}CREATE TABLE /,
  },
  'migrate push --allow-destructive': { declares: true, output: /app\.db: 1 change pushed in / },
  'migrate load': { declares: true, before: elsewhere, output: /app\.db: 2 revisions recorded, now at b1\n/ },
  'migrate load schema.sql --json': {
    declares: true,
    before: elsewhere,
    output: /"ok":true.*"stamped":\["main:a1","main:b1"\]/,
  },
  'migrate seed': { declares: true, before: applied, output: /: 1 seed run\n/ },
  'migrate seed --json': { declares: true, before: applied, output: /"ok":true.*"seeds":\["seed"\]/ },
  'migrate reset --confirm app.db': { before: applied, output: /1 object dropped, 2 revisions applied, now at b1/ },
  'migrate reset --everything --confirm app.db': {
    before: applied,
    output: /1 object dropped, 2 revisions applied, now at b1/,
  },
  'migrate diff sqlite:app.db sqlite:other.db': {
    before: ['upgrade', 'upgrade a1 --url sqlite:other.db'],
    output: /^from .*app\.db to .*other\.db:\n- drop column accounts\.locale\n {2}destructive: /,
  },
  'migrate diff sqlite:app.db sqlite:other.db --exit-code --json': {
    before: ['upgrade a1', 'upgrade --url sqlite:other.db'],
    code: 3,
    output: /"describe":"add column accounts\.locale".*"from":".*app\.db","to":".*other\.db"/,
  },
  'migrate revision --autogenerate -m "what changed"': {
    declares: true,
    before: applied,
    output: /created .*_what_changed\.ts\n[0-9a-f]{12} revises b1\n {2}add column accounts\.phone\n/,
  },
  'migrate revision --autogenerate --dry-run': {
    declares: true,
    before: applied,
    output: /^- add column accounts\.phone\n {4}ALTER TABLE .*"accounts" ADD COLUMN "phone" TEXT\n/i,
  },
  'migrate revision --amend': {
    declares: true,
    before: ['dev -m phone'],
    output: /: [0-9a-f]{12} is as declared: nothing was amended\n$/,
  },
  'migrate revision -m widgets': { output: /created .*_widgets.ts\n[0-9a-f]{12} revises b1/ },
  'migrate revision --head base --branch-label billing -m invoices': {
    output: /_invoices.ts\n[0-9a-f]{12} a new root/,
  },
  'migrate revision --head a1 --splice --rev-id c1': { output: /c1.ts\nc1 revises a1/ },
  'migrate merge heads': { before: aside, output: /created .*_merge_b1_and_c1.ts\n[0-9a-f]{12} joins b1, c1/ },
  'migrate merge b1 c1 -m both': { before: aside, output: /created .*_both.ts\n[0-9a-f]{12} joins b1, c1/ },
  'migrate squash base:b1': { output: /created .*_squash_a1_to_b1.ts\n[0-9a-f]{12} a new root/ },
  'migrate squash --prune': { before: ['squash base:b1'], output: /2 files removed/ },
  'migrate rebase c1 --onto b1': { before: aside, output: /c1 revises b1 instead of a1/ },
  'migrate rebase c1 --onto head': { before: aside, output: /c1 revises b1 instead of a1/ },
  'migrate edit head': { output: /edited .*b1_locale.ts/ },
  'migrate edit current': { before: applied, output: /edited .*b1_locale.ts/ },
  'migrate status': { output: /state +empty.*2 revisions pending/s },
  'migrate status --exit-code --quiet': { code: 3, output: /2 revisions pending/ },
  'migrate check': {
    before: ['upgrade a1'],
    code: 3,
    output: /1 problem\n.*is applied +no\n.*\n.*not at head.*1 revision is pending, b1/s,
  },
  'migrate check --no-database': { output: /the files: nothing to do/ },
  'migrate check --data': { before: applied, output: /: nothing to do\n.*\n {2}every row can be read +yes\n$/s },
  'migrate check --ci --out migrate.md migrate.sarif': { code: 2, output: /not a git repository/ },
  'migrate check --branches': { output: /one head, nothing to compare/ },
  'migrate graph': { before: ['upgrade a1'], output: /^o {2}b1 \(head\).*\n@ {2}a1 \(current\)/ },
  'migrate graph -r current: --ascii': { before: ['upgrade a1'], output: /^o {2}b1.*\n@ {2}a1/ },
  'migrate graph --format mermaid': { output: /^flowchart TB\n {2}r0\["b1<br\/>/ },
  'migrate current': { before: applied, output: /b1/ },
  'migrate current --check-heads': { before: ['upgrade a1'], code: 3, output: /^a1 / },
  'migrate current --json': { before: applied, output: /"b1"/ },
  'migrate history': { output: /^a1 -> b1 .*accounts get a locale.*\n<base> -> a1 / },
  'migrate history -r current:': { before: ['upgrade a1'], output: /a1 -> b1/ },
  'migrate history -r -1: -v': { output: /^b1 \(head\)\n.*message.*\n\na1\n/s },
  'migrate heads': { output: /^b1 +.*accounts get a locale/ },
  'migrate heads --verbose': { output: /b1 \(head\)\n.*message.*file +.*b1_locale.ts/s },
  'migrate branches': { output: /no branches/ },
  'migrate branches --verbose': { output: /no branches/ },
  'migrate show head': { output: /^b1 \(head\)/ },
  'migrate show current': { before: ['upgrade a1'], output: /^a1 \(current\)/ },
  'migrate doctor': { before: applied, output: /ok +integrity: The file is whole/ },
  'migrate doctor --json': { before: applied, output: /"ok":true/ },
  'migrate resume': { before: applied, output: /nothing is interrupted/ },
  'migrate resume --revert': { before: applied, output: /nothing is interrupted/ },
  'migrate resume --assume-applied 3': { before: applied, output: /nothing is interrupted/ },
  'migrate stamp head': { output: /recorded without running, now at b1/ },
  'migrate stamp a1:b1': { before: ['stamp a1'], output: /recorded without running, now at b1/ },
  'migrate stamp head --purge': { before: applied, output: /b1/ },
  'migrate preserved': { before: applied, output: /nothing is preserved/ },
  'migrate preserved purge b1': { before: ['upgrade', 'downgrade a1'], output: /b1/ },
  'migrate preserved list': { before: applied, output: /nothing is preserved/ },
  'migrate preserved list --json': { before: applied, output: /"preserved":\[\]/ },
  'migrate preserved restore b1': {
    before: ['upgrade', 'downgrade a1'],
    output: /nothing of b1 is superseded/,
  },
  'migrate preserved restore b1 --table accounts --column locale': {
    before: ['upgrade', 'downgrade a1'],
    output: /nothing of b1 is superseded/,
  },
  'migrate preserved purge b1 --json': { before: ['upgrade', 'downgrade a1'], output: /"purged":/ },
  'migrate lock': { before: applied, output: /free/ },
  'migrate lock status': { before: applied, output: /free/ },
  'migrate lock status --exit-code': { before: applied, output: /free/ },
  'migrate lock release': { before: applied, output: /the lock is free/ },
  'migrate lock release --json': { before: applied, output: /"held":false/ },
  'migrate ensure-version': { output: /created migrate_version, migrate_history/ },
  'migrate ensure-version --json': { output: /"created":\["migrate_version","migrate_history"\]/ },
  'migrate revision --sql-file -m widgets': {
    output: /created .*_widgets\/up\.sql\ncreated .*_widgets\/down\.sql\n[0-9a-f]{12} revises b1/,
  },
  'migrate init': { bare: true, output: /created .*migrate.config.ts\nskipped .*migrations/ },
  'migrate init --dialect postgres --template package': {
    bare: true,
    output: /created .*migrate.config.ts\ncreated .*tsconfig.json\ncreated .*index.ts\nskipped .*package.json/,
  },
  'migrate config': { output: /^file +.*migrate\.config\.ts +found from here\ndatabase +.*app\.db +file\n/ },
  'migrate config --json': { output: /"name":"waitMs","value":60000,"from":"default"/ },
  'migrate completion bash': { output: /complete -F _migrate migrate/ },
  'migrate completion --targets': { output: /^head\nheads\nbase\n\+1\nb1\na1\n/ },
  'migrate adopt --dry-run': {
    foreign: true,
    output: /^1 operation creates the current schema\n- create table \w+\n$/,
  },
  'migrate adopt': {
    foreign: true,
    output:
      /created .*_what_was_there\.ts\n.*creates the same schema\n.*app\.db: recorded without running, now at [0-9a-f]{12}\n$/,
  },
  'migrate init --dialect sqlite --folder revisions --schema src/schema.ts': {
    bare: true,
    output: /created .*migrate.config.ts\ncreated .*revisions\nnext: migrate revision --autogenerate/,
  },
  'migrate init --json': { bare: true, output: /"config":".*migrate.config.ts"/ },
}

const examplesOf = ({ examples, subcommands = [] }: CommandDeclaration): readonly Example[] => [
  ...examples,
  ...subcommands.flatMap(examplesOf),
]
/** The first of each command runs as users run it: a process that is started for it. */
const inOwnProcess: ReadonlySet<string> = new Set(
  Object.values(declarations)
    .flat()
    .flatMap((command) => examplesOf(command).slice(0, 1))
    .map(({ line }) => line),
)
const lines = [...new Set(Object.values(declarations).flat().flatMap(examplesOf))].map(({ line }) => line)

const variables: { readonly [name: string]: string } = { STAGING_URL: 'sqlite:app.db' }

/** As a shell takes it apart. */
const argumentsOf = (line: string): readonly string[] =>
  (line.match(/"[^"]*"|\S+/g) ?? []).map((word) =>
    word.replace(/^"(.*)"$/, '$1').replace(/\$([A-Z_]+)/g, (text, name: string) => variables[name] ?? text),
  )

describe('the examples of each help', () => {
  test('are all run here, and begin with the name of their command', () => {
    expect(Object.keys(scenarios).toSorted()).toEqual([...new Set(lines)].toSorted())
    for (const command of Object.values(declarations).flat()) {
      for (const { line } of examplesOf(command)) expect(line.split(' ').slice(0, 2)).toEqual(['migrate', command.name])
    }
  })

  test.each(Object.entries(scenarios))(
    '%s',
    (line, { before = [], code = 0, foreign, bare, declares, fleet, output }) => {
      const project = new Project(foreign ? {} : twoRevisions)
      try {
        if (foreign)
          executeIn(project.database, 'CREATE TABLE accounts (id INTEGER PRIMARY KEY); INSERT INTO accounts VALUES (1)')
        if (declares) project.put({ 'migrate.config.ts': config, 'schema.ts': schema })
        if (fleet) project.put({ 'migrate.config.ts': fleetConfig, 'acme.db': '', 'other.db': '' })
        if (bare) rmSync(join(project.folder, 'migrate.config.ts'))
        for (const earlier of before) expect(project.run(earlier.split(' '))).toMatchObject({ code: 0 })
        const { stdout, stderr, ...ended } = project.run(argumentsOf(line).slice(1), {
          env: { VISUAL: '', EDITOR: 'true' },
          ownProcess: inOwnProcess.has(line),
        })
        expect({ code: ended.code, text: stdout + stderr }).toEqual({ code, text: expect.stringMatching(output) })
      } finally {
        project.remove()
      }
    },
  )
})
