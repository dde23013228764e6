import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type FolderStatus,
  importedRevisions,
  type MigrationFolder,
  matchFolder,
  recogniseTools,
  withoutTools,
} from '@org/migrate-autogenerate'
import { makeImportedFiles, readDrizzleFolder, readPlainFolder } from '@org/migrate-autogenerate/node'
import { createMigrator } from '@org/migrate-core'
import { type SchemaModel, schemaDifferences } from '@org/migrate-core/dialect'
import { graph } from '@org/migrate-core/node'
import { afterAll, expect, it } from 'vitest'
import { type AdoptedDatabase, type Engine, folderOf, loadDump, normal, onEachEngine, withInspection } from './kit.ts'

const temporary = mkdtempSync(join(tmpdir(), 'adopt-converted-'))
afterAll(() => rmSync(temporary, { recursive: true, force: true }))

const tools = ['drizzle-kit', 'dbmate'] as const
type Tool = (typeof tools)[number]

function readFolder(tool: Tool, engine: Engine): MigrationFolder {
  const folder = folderOf(tool, engine)
  const dialect = engine === 'mariadb' ? 'mysql' : engine
  return tool === 'drizzle-kit' ? readDrizzleFolder(folder, { dialect }) : readPlainFolder(folder)
}

/** The revisions of a tool's folder in a folder of their own. */
function converted(tool: Tool, engine: Engine, db: AdoptedDatabase) {
  const { migrations, strays } = readFolder(tool, engine)
  expect(strays).toEqual([])
  const imported = importedRevisions(migrations, db.dialect)
  const folder = mkdtempSync(join(temporary, `${tool}-${engine}-`))
  makeImportedFiles(imported, folder)
  return { migrations, imported, folder, migrator: createMigrator({ dialect: db.dialect, tiers: [graph(folder)] }) }
}

/** What is there besides what tools, and we, keep for ourselves. */
function ownSchema(db: AdoptedDatabase): Promise<SchemaModel> {
  return withInspection(db, async (dialect, session) => {
    const model = await dialect.introspection.schema(session)
    const ours = [...model.tables.values()].filter(({ ref }) => ref.name.startsWith('migrate_')).map(({ ref }) => ref)
    const recognised = await recogniseTools(dialect, session)
    return normal(dialect, withoutTools(model, [...recognised, { tables: ours }]))
  })
}

async function positionOf(db: AdoptedDatabase, folder: MigrationFolder): Promise<FolderStatus> {
  const [recognised] = await withInspection(db, (dialect, session) => recogniseTools(dialect, session))
  if (recognised === undefined) throw new Error('nothing was recognised')
  return matchFolder(recognised, folder.migrations)
}

const names: Readonly<Record<Tool, (engine: Engine) => readonly string[]>> = {
  'drizzle-kit': () => ['0000_shop', '0001_orders', '0002_stock', '0003_view', '0004_returns'],
  dbmate: (engine) =>
    engine === 'postgres'
      ? [
          '20210506070800_create_authors',
          '20210601090000_create_works',
          '20210715120000_index_works',
          '20210801080000_long_works',
        ]
      : ['20210506070800_create_authors', '20210601090000_create_works', '20210715120000_long_works'],
}

const rows: Readonly<Record<Tool, string>> = {
  'drizzle-kit': 'SELECT label FROM categories ORDER BY id',
  dbmate: 'SELECT name AS label FROM authors ORDER BY id',
}

onEachEngine('a folder of another tool as revisions', (empty, engine) => {
  it.each(tools)('of %s make on an empty database what the tool made', async (tool) => {
    const theirs = await empty()
    await loadDump(theirs, tool, engine)
    const db = await empty()
    const { imported, migrator } = converted(tool, engine, db)
    expect((await migrator.upgrade()).applied).toEqual(imported.map(({ revision }) => `main:${revision}`))
    const [expected, recognised] = [await ownSchema(theirs), await ownSchema(db)]
    expect(expected.tables.size).toBeGreaterThanOrEqual(2)
    const differences = await withInspection(db, async (dialect) => {
      expect(dialect.name).toBe(engine === 'mariadb' ? 'mysql' : engine)
      return schemaDifferences(expected, recognised)
    })
    expect(differences).toEqual([])
    expect(await db.sql(rows[tool])).toEqual(
      (tool === 'drizzle-kit' ? ['all', 'used; as new'] : ['Ada; the first']).map((label) => ({ label })),
    )
    await db.sql(tool === 'drizzle-kit' ? 'ALTER TABLE orders DROP COLUMN placed_at' : 'DROP VIEW long_works')
    expect(schemaDifferences(expected, await ownSchema(db))).toHaveLength(1)
  })

  it.each(tools)('of %s are stamped on its database, which then has nothing to do', async (tool) => {
    const db = await empty()
    await loadDump(db, tool, engine)
    const { migrations, imported, migrator } = converted(tool, engine, db)
    const at = await positionOf(db, readFolder(tool, engine))
    expect(at).toMatchObject({ pending: [], skipped: [], unknown: [], edited: [], at: names[tool](engine).at(-1) })
    expect(at.applied.map(({ migration }) => migration)).toEqual(names[tool](engine))
    expect(new Set(at.applied.map(({ by }) => by))).toEqual(new Set([tool === 'drizzle-kit' ? 'hash' : 'version']))
    expect(migrations.map(({ name }) => name)).toEqual(names[tool](engine))
    const revision = imported.find(({ name }) => name === at.at)?.revision ?? ''
    await migrator.stamp(revision)
    expect((await migrator.upgrade()).applied).toEqual([])
    expect(await migrator.status()).toMatchObject({ state: 'atHead' })
  })

  it('continues where the tool stood in the middle of it', async () => {
    const db = await empty()
    await loadDump(db, 'dbmate', engine)
    const last = names.dbmate(engine).at(-1) ?? ''
    await db.sql(`DELETE FROM schema_migrations WHERE version = '${last.slice(0, 14)}'`)
    await db.sql('DROP VIEW long_works')
    const { imported, migrator } = converted('dbmate', engine, db)
    const position = await positionOf(db, readFolder('dbmate', engine))
    expect(position).toMatchObject({ pending: [last], skipped: [], unknown: [] })
    await migrator.stamp(imported.find(({ name }) => name === position.at)?.revision ?? '')
    expect((await migrator.upgrade()).applied).toEqual([`main:${imported.at(-1)?.revision}`])
    expect(await db.sql('SELECT id FROM long_works')).toEqual([])
  })

  it('dbmate’s downgrades take everything back', async () => {
    const db = await empty()
    const { migrator } = converted('dbmate', engine, db)
    await migrator.upgrade()
    await migrator.downgrade('base')
    const { tables, views, triggers, enums } = await ownSchema(db)
    expect([tables, views, triggers, enums].map(({ size }) => size)).toEqual([0, 0, 0, 0])
  })

  it('has the ids of the texts, the order of the tool, and its statements byte for byte', async () => {
    const db = await empty()
    const { imported, folder } = converted('drizzle-kit', engine, db)
    const second = converted('drizzle-kit', engine, db)
    expect(second.imported).toEqual(imported)
    const folders = readdirSync(folder).toSorted()
    for (const [index, { revision, parents, message, name }] of imported.entries()) {
      expect(revision).toMatch(/^[0-9a-f]{12}$/)
      expect(parents).toEqual(index === 0 ? [] : [imported[index - 1]?.revision])
      // They sort in the order of the tool.
      expect(folders[index]).toMatch(new RegExp(`^\\d{8}T\\d{6}_${revision}_${message}$`))
      const text = readFileSync(join(folder, folders[index] ?? '', 'up.sql'), 'utf8')
      const original = readFileSync(join(folderOf('drizzle-kit', engine), `${name}.sql`), 'utf8')
      expect(text.endsWith(`\n/* ${name} */\n${original}`)).toBe(true)
    }
    expect(imported.map(({ message }) => message)).toEqual(['shop', 'orders', 'stock', 'view', 'returns'])
    expect(folders).toHaveLength(5)
  })
})
