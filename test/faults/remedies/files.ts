import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMigrator, MigrateError, type RunOptions } from '@org/migrate-core'
import { graph, makeFile, sequential } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { loadConfig } from '../../../apps/cli/src/configuration/config.ts'
import { parse } from '../../../apps/cli/src/program.ts'
import { revision, root } from '../../cli/project.ts'
import { line } from '../../kit/migrator.ts'
import { migratorOn } from '../../unit/run/kit.ts'
import type { Answers, Sandbox } from './scenario.ts'

const body = "  op.createTable('t', (t) => { t.column('id', integer()) })"
const put = (sandbox: Sandbox, name: string, text: string): void => {
  mkdirSync(join(sandbox.folder, 'migrations'), { recursive: true })
  linkCore(sandbox)
  writeFileSync(join(sandbox.folder, 'migrations', name), text)
}
/** Without the package beside them, revisions get it from jiti, which compiles the whole of it for each file. */
function linkCore({ folder }: Sandbox): void {
  const packages = join(folder, 'node_modules/@org')
  if (existsSync(packages)) return
  mkdirSync(packages, { recursive: true })
  symlinkSync(join(root, 'packages/core'), join(packages, 'migrate-core'))
}
const migrator = (sandbox: Sandbox) =>
  createMigrator({
    dialect: sqliteDialect({ url: `sqlite:${sandbox.file}` }),
    tiers: [graph(join(sandbox.folder, 'migrations'))],
  })
const up = (sandbox: Sandbox, options: RunOptions = {}) => migrator(sandbox).upgrade('head', options)
const edited = async (sandbox: Sandbox): Promise<void> => {
  put(sandbox, 'a1_x.ts', revision('a1', null, body))
  await up(sandbox)
  put(sandbox, 'a1_x.ts', revision('a1', null, `${body}\n  op.sql('SELECT 1')`))
}
const added = (column: string): string => `  op.addColumn('t', '${column}', integer())`
const moved = async (sandbox: Sandbox): Promise<void> => {
  put(sandbox, 'a1_x.ts', revision('a1', null, body))
  put(sandbox, 'b1_x.ts', revision('b1', 'a1', added('b')))
  await up(sandbox)
  put(sandbox, 'c1_x.ts', revision('c1', 'a1', added('c')))
  put(sandbox, 'b1_x.ts', revision('b1', 'c1', added('b')))
}
const config = (sandbox: Sandbox, named?: string) =>
  loadConfig({ cwd: sandbox.folder, caller: sandbox.folder, named, context: { x: {}, command: 'status', env: {} } })
const putConfig = (sandbox: Sandbox, text: string): void => {
  writeFileSync(join(sandbox.folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(sandbox.folder, 'migrate.config.mjs'), text)
}
const good = "export default { url: 'sqlite:x.db', migrations: './migrations' }\n"

export const fileAnswers: Answers = {
  MIGRATIONS_NOT_FOUND: [
    {
      follows: 'Create the folder',
      call: (sandbox) => up(sandbox),
      follow: (sandbox) => mkdirSync(join(sandbox.folder, 'migrations')),
    },
  ],
  HEADER_INVALID: [
    {
      follows: 'as one plain literal',
      before: (sandbox) =>
        put(sandbox, 'a1_x.ts', revision('a1', null, body).replace("revision = 'a1'", "revision = 'a' + '1'")),
      call: (sandbox) => up(sandbox),
      follow: (sandbox) => put(sandbox, 'a1_x.ts', revision('a1', null, body)),
    },
  ],
  FILE_NAME_INVALID: [
    {
      follows: 'three digits, underscore, words',
      before: (sandbox) => put(sandbox, '1_x.ts', 'export function migrate() {}\n'),
      call: (sandbox) =>
        createMigrator({
          dialect: sqliteDialect({ url: sandbox.file }),
          tiers: [sequential(join(sandbox.folder, 'migrations'))],
        }).upgrade(),
      follow: (sandbox) =>
        renameSync(join(sandbox.folder, 'migrations/1_x.ts'), join(sandbox.folder, 'migrations/001_x.ts')),
    },
  ],
  REVISION_FILE_INVALID: [
    {
      follows: 'Export `upgrade(op)`',
      before: (sandbox) =>
        put(sandbox, 'a1_x.ts', revision('a1', null, body).replace('function upgrade', 'function upgrad')),
      call: (sandbox) => up(sandbox),
      follow: (sandbox) => {
        rmSync(join(sandbox.folder, 'migrations/a1_x.ts'))
        put(sandbox, 'a1_y.ts', revision('a1', null, body))
      },
    },
  ],
  REVISION_IMPORT_FAILED: [
    {
      follows: 'Fix the file',
      before: (sandbox) => put(sandbox, 'a1_x.ts', `${revision('a1', null, body)}\nthrow new Error('odd')\n`),
      call: (sandbox) => up(sandbox),
      follow: (sandbox) => {
        rmSync(join(sandbox.folder, 'migrations/a1_x.ts'))
        put(sandbox, 'a1_y.ts', revision('a1', null, body))
      },
    },
  ],
  REVISION_INCOMPLETE: [
    {
      follows: 'write the value in the place of toFillIn(…)',
      before: (sandbox) =>
        put(
          sandbox,
          'a1_x.ts',
          revision('a1', null, "  op.insertRows('t', [{ id: toFillIn('the id') }], { key: ['id'] })").replace(
            'import {',
            'import { toFillIn,',
          ),
        ),
      call: (sandbox) => up(sandbox),
      follow: (sandbox) => {
        rmSync(join(sandbox.folder, 'migrations/a1_x.ts'))
        put(sandbox, 'a1_y.ts', revision('a1', null, `${body}\n  op.insertRows('t', [{ id: 1 }], { key: ['id'] })`))
      },
    },
  ],
  EDITED_REVISION: [
    {
      follows: 'Take the edit back',
      before: edited,
      call: (sandbox) => up(sandbox, { strict: true }),
      follow: (sandbox) => put(sandbox, 'a1_x.ts', revision('a1', null, body)),
    },
    {
      follows: '`migrate stamp --accept-edit <revision>`',
      before: edited,
      call: (sandbox) => up(sandbox, { strict: true }),
      follow: (sandbox) => migrator(sandbox).stamp('a1', { acceptEdit: true }),
    },
  ],
  REVISION_MOVED: [
    {
      follows: 'Name the former parents in its file again',
      before: moved,
      call: (sandbox) => up(sandbox),
      follow: (sandbox) => put(sandbox, 'b1_x.ts', revision('b1', 'a1', added('b'))),
      afterwards: (sandbox) => migrator(sandbox).upgrade('heads'),
    },
    {
      follows: '`migrate stamp` the former parent, `migrate upgrade` to the new one, and `migrate stamp` the revision',
      before: moved,
      call: (sandbox) => up(sandbox),
      follow: async (sandbox) => {
        await migrator(sandbox).stamp('a1')
        await migrator(sandbox).upgrade('c1')
        await migrator(sandbox).stamp('b1')
      },
      afterwards: (sandbox) => migrator(sandbox).downgrade('base'),
    },
  ],
  INVALID_OPTION: [
    {
      follows: 'Correct the option',
      call: (sandbox) => migratorOn(sandbox.file, line(), { waitMs: -1 }).upgrade(),
      afterwards: (sandbox) => migratorOn(sandbox.file, line(), { waitMs: 1 }).upgrade(),
    },
  ],
  NO_DATABASE: [
    {
      follows: 'Name the database',
      call: () => sqliteDialect({ url: '' }),
      afterwards: ({ file }) => sqliteDialect({ url: file }),
    },
  ],
  INVALID_URL: [
    {
      follows: 'Use one of the supported forms',
      call: ({ file }) => sqliteDialect({ url: ` ${file}` }),
      afterwards: ({ file }) => sqliteDialect({ url: `sqlite:${file}` }),
    },
  ],
  CONFIG_NOT_FOUND: [
    {
      follows: 'name a file with --config',
      before: (sandbox) => {
        writeFileSync(join(sandbox.folder, 'package.json'), '{"type":"module"}')
        writeFileSync(join(sandbox.folder, 'other.mjs'), good)
      },
      call: (sandbox) => config(sandbox),
      afterwards: (sandbox) => config(sandbox, 'other.mjs'),
    },
  ],
  CONFIG_INVALID: [
    {
      follows: 'Correct the keys',
      before: (sandbox) => putConfig(sandbox, good.replace('url:', 'uri:')),
      call: (sandbox) => config(sandbox),
      afterwards: (sandbox) => {
        writeFileSync(join(sandbox.folder, 'fixed.mjs'), good)
        return config(sandbox, 'fixed.mjs')
      },
    },
  ],
  CONFIG_FAILED: [
    {
      follows: 'Fix the configuration file',
      before: (sandbox) => putConfig(sandbox, "throw new Error('odd')\n"),
      call: (sandbox) => config(sandbox),
      afterwards: (sandbox) => {
        writeFileSync(join(sandbox.folder, 'fixed.mjs'), good)
        return config(sandbox, 'fixed.mjs')
      },
    },
  ],
  FILE_NOT_WRITTEN: [
    {
      follows: 'name another place',
      before: (sandbox) => writeFileSync(join(sandbox.folder, 'taken'), ''),
      call: (sandbox) => makeFile(join(sandbox.folder, 'taken/x.ts'), ''),
      afterwards: (sandbox) => makeFile(join(sandbox.folder, 'free/x.ts'), ''),
    },
  ],
  USAGE: [
    {
      follows: '--help',
      call: () => parse(['upgrad'], '0.0.0'),
      afterwards: () => {
        if (!('text' in parse(['upgrade', '--help'], '0.0.0')))
          throw new MigrateError('USAGE', { problem: 'no help' }, '')
      },
    },
  ],
  TIER_BLOCKED: [
    {
      follows: 'Downgrade the later tier to base first',
      before: async (sandbox) => {
        mkdirSync(join(sandbox.folder, 'legacy'))
        linkCore(sandbox)
        writeFileSync(
          join(sandbox.folder, 'legacy/001_old.ts'),
          "import { integer } from '@org/migrate-core'\nexport function migrate(op) { op.createTable('old', (t) => { t.column('id', integer()) }) }\n",
        )
        put(sandbox, 'a1_x.ts', revision('a1', null, body))
        await tiered(sandbox).upgrade()
      },
      call: (sandbox) => tiered(sandbox).downgrade('base', { tier: 'legacy' }),
      follow: (sandbox) => tiered(sandbox).downgrade('base'),
    },
  ],
}

const tiered = (sandbox: Sandbox) =>
  createMigrator({
    dialect: sqliteDialect({ url: `sqlite:${sandbox.file}` }),
    tiers: [sequential(join(sandbox.folder, 'legacy')), graph(join(sandbox.folder, 'migrations'))],
  })
