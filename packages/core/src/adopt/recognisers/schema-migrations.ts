import type { TableModel } from '../../model/schema-model.ts'
import { hasOnly, isSet, ownTable, rowsOf, wordOf } from '../own-tables.ts'
import type { Found, Recogniser, RecogniserLook } from '../recogniser.ts'

const name = 'schema_migrations'
const railsBeside = 'ar_internal_metadata'

/** Several tools call their table so. These two have `version` alone, and Rails a table beside it. */
function versionsAlone(look: RecogniserLook): TableModel | undefined {
  const table = ownTable(look, name, ['version'])
  return table !== undefined && hasOnly(table, ['version']) ? table : undefined
}

async function versions(
  tool: string,
  look: RecogniserLook,
  [table, ...beside]: readonly [TableModel, ...TableModel[]],
) {
  const rows = await rowsOf(look, table, 'version')
  const found: Found = {
    tool,
    tables: [table.ref, ...beside.map(({ ref }) => ref)],
    records: 'each',
    applied: rows.map((row) => ({ name: wordOf(row.version) })),
    problems: [],
  }
  return found
}

const metadataOf = (look: RecogniserLook): TableModel | undefined => ownTable(look, railsBeside, ['key', 'value'])

export const dbmate: Recogniser = {
  tool: 'dbmate',
  tables: [name],
  async recognise(look) {
    const table = versionsAlone(look)
    return table === undefined || metadataOf(look) !== undefined ? undefined : versions('dbmate', look, [table])
  },
}

export const rails: Recogniser = {
  tool: 'Rails',
  tables: [name, railsBeside],
  async recognise(look) {
    const [table, metadata] = [versionsAlone(look), metadataOf(look)]
    return table === undefined || metadata === undefined ? undefined : versions('Rails', look, [table, metadata])
  },
}

/** One row with the highest version; while a migration runs, and after one that failed, it is dirty. */
export const golangMigrate: Recogniser = {
  tool: 'golang-migrate',
  tables: [name],
  async recognise(look) {
    const table = ownTable(look, name, ['version', 'dirty'])
    if (table === undefined || !hasOnly(table, ['version', 'dirty'])) return undefined
    const rows = await rowsOf(look, table, 'version')
    const dirty = rows.filter((row) => isSet(row.dirty)).map((row) => wordOf(row.version))
    return {
      tool: 'golang-migrate',
      tables: [table.ref],
      records: 'last',
      applied: rows.map((row) => ({ name: wordOf(row.version) })),
      problems: dirty.map(
        (version) =>
          `The migration ${version} of golang-migrate failed half-way or is running: ${name} calls it dirty.`,
      ),
    }
  },
}
