import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMigrator, MigrateError, type RunOptions } from '@org/migrate-core'
import { graph, makeFile, sequential } from '@org/migrate-core/node'
import { sqliteDialect } from '@org/migrate-dialect-sqlite'
import { loadConfig } from '../../apps/cli/src/config.ts'
import { parse } from '../../apps/cli/src/program.ts'
import { revision, root } from '../cli/project.ts'
import { line, migratorOf } from '../execute/kit.ts'
import type { Answers, Place } from './scenario.ts'

const body = "  op.createTable('t', (t) => { t.column('id', integer()) })"
const put = (place: Place, name: string, text: string): void => {
  mkdirSync(join(place.folder, 'migrations'), { recursive: true })
  linkCore(place)
  writeFileSync(join(place.folder, 'migrations', name), text)
}
/** Without the package beside them, revisions get it from jiti, which compiles the whole of it for each file. */
function linkCore({ folder }: Place): void {
  const packages = join(folder, 'node_modules/@org')
  if (existsSync(packages)) return
  mkdirSync(packages, { recursive: true })
  symlinkSync(join(root, 'packages/core'), join(packages, 'migrate-core'))
}
const migrator = (place: Place) =>
  createMigrator({
    dialect: sqliteDialect({ url: `sqlite:${place.file}` }),
    tiers: [graph(join(place.folder, 'migrations'))],
  })
const up = (place: Place, options: RunOptions = {}) => migrator(place).upgrade('head', options)
const edited = async (place: Place): Promise<void> => {
  put(place, 'a1_x.ts', revision('a1', null, body))
  await up(place)
  put(place, 'a1_x.ts', revision('a1', null, `${body}\n  op.sql('SELECT 1')`))
}
const config = (place: Place, named?: string) =>
  loadConfig({ cwd: place.folder, caller: place.folder, named, context: { x: {}, command: 'status', env: {} } })
const putConfig = (place: Place, text: string): void => {
  writeFileSync(join(place.folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(place.folder, 'migrate.config.mjs'), text)
}
const good = "export default { url: 'sqlite:x.db', migrations: './migrations' }\n"

export const fileAnswers: Answers = {
  MIGRATIONS_NOT_FOUND: [
    {
      follows: 'Create the folder',
      call: (place) => up(place),
      follow: (place) => mkdirSync(join(place.folder, 'migrations')),
    },
  ],
  HEADER_INVALID: [
    {
      follows: 'as one plain literal',
      before: (place) =>
        put(place, 'a1_x.ts', revision('a1', null, body).replace("revision = 'a1'", "revision = 'a' + '1'")),
      call: (place) => up(place),
      follow: (place) => put(place, 'a1_x.ts', revision('a1', null, body)),
    },
  ],
  FILE_NAME_INVALID: [
    {
      follows: 'three digits, underscore, words',
      before: (place) => put(place, '1_x.ts', 'export function migrate() {}\n'),
      call: (place) =>
        createMigrator({
          dialect: sqliteDialect({ url: place.file }),
          tiers: [sequential(join(place.folder, 'migrations'))],
        }).upgrade(),
      follow: (place) => renameSync(join(place.folder, 'migrations/1_x.ts'), join(place.folder, 'migrations/001_x.ts')),
    },
  ],
  REVISION_FILE_INVALID: [
    {
      follows: 'Export `upgrade(op)`',
      before: (place) =>
        put(place, 'a1_x.ts', revision('a1', null, body).replace('function upgrade', 'function upgrad')),
      call: (place) => up(place),
      follow: (place) => {
        rmSync(join(place.folder, 'migrations/a1_x.ts'))
        put(place, 'a1_y.ts', revision('a1', null, body))
      },
    },
  ],
  REVISION_IMPORT_FAILED: [
    {
      follows: 'Mend the file',
      before: (place) => put(place, 'a1_x.ts', `${revision('a1', null, body)}\nthrow new Error('odd')\n`),
      call: (place) => up(place),
      follow: (place) => {
        rmSync(join(place.folder, 'migrations/a1_x.ts'))
        put(place, 'a1_y.ts', revision('a1', null, body))
      },
    },
  ],
  REVISION_INCOMPLETE: [
    {
      follows: 'write the value in the place of toFillIn(…)',
      before: (place) =>
        put(
          place,
          'a1_x.ts',
          revision('a1', null, "  op.insertRows('t', [{ id: toFillIn('the id') }], { key: ['id'] })").replace(
            'import {',
            'import { toFillIn,',
          ),
        ),
      call: (place) => up(place),
      follow: (place) => {
        rmSync(join(place.folder, 'migrations/a1_x.ts'))
        put(place, 'a1_y.ts', revision('a1', null, `${body}\n  op.insertRows('t', [{ id: 1 }], { key: ['id'] })`))
      },
    },
  ],
  EDITED_REVISION: [
    {
      follows: 'Take the edit back',
      before: edited,
      call: (place) => up(place, { strict: true }),
      follow: (place) => put(place, 'a1_x.ts', revision('a1', null, body)),
    },
    {
      follows: '`migrate stamp --accept-edit <revision>`',
      before: edited,
      call: (place) => up(place, { strict: true }),
      follow: (place) => migrator(place).stamp('a1', { acceptEdit: true }),
    },
  ],
  INVALID_OPTION: [
    {
      follows: 'Correct the option',
      call: (place) => migratorOf(place.file, line(), { waitMs: -1 }).upgrade(),
      afterwards: (place) => migratorOf(place.file, line(), { waitMs: 1 }).upgrade(),
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
      before: (place) => {
        writeFileSync(join(place.folder, 'package.json'), '{"type":"module"}')
        writeFileSync(join(place.folder, 'other.mjs'), good)
      },
      call: (place) => config(place),
      afterwards: (place) => config(place, 'other.mjs'),
    },
  ],
  CONFIG_INVALID: [
    {
      follows: 'Correct the keys',
      before: (place) => putConfig(place, good.replace('url:', 'uri:')),
      call: (place) => config(place),
      afterwards: (place) => {
        writeFileSync(join(place.folder, 'mended.mjs'), good)
        return config(place, 'mended.mjs')
      },
    },
  ],
  CONFIG_FAILED: [
    {
      follows: 'Mend the configuration file',
      before: (place) => putConfig(place, "throw new Error('odd')\n"),
      call: (place) => config(place),
      afterwards: (place) => {
        writeFileSync(join(place.folder, 'mended.mjs'), good)
        return config(place, 'mended.mjs')
      },
    },
  ],
  FILE_NOT_WRITTEN: [
    {
      follows: 'name another place',
      before: (place) => writeFileSync(join(place.folder, 'taken'), ''),
      call: (place) => makeFile(join(place.folder, 'taken/x.ts'), ''),
      afterwards: (place) => makeFile(join(place.folder, 'free/x.ts'), ''),
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
      before: async (place) => {
        mkdirSync(join(place.folder, 'legacy'))
        linkCore(place)
        writeFileSync(
          join(place.folder, 'legacy/001_old.ts'),
          "import { integer } from '@org/migrate-core'\nexport function migrate(op) { op.createTable('old', (t) => { t.column('id', integer()) }) }\n",
        )
        put(place, 'a1_x.ts', revision('a1', null, body))
        await tiered(place).upgrade()
      },
      call: (place) => tiered(place).downgrade('base', { tier: 'legacy' }),
      follow: (place) => tiered(place).downgrade('base'),
    },
  ],
}

const tiered = (place: Place) =>
  createMigrator({
    dialect: sqliteDialect({ url: `sqlite:${place.file}` }),
    tiers: [sequential(join(place.folder, 'legacy')), graph(join(place.folder, 'migrations'))],
  })
