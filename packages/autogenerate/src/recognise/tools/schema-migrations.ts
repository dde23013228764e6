import type { TableModel } from '@org/migrate-core/dialect'
import { hasOnly, isSet, ownTable, rowsOf, textOf } from '../own-tables.ts'
import type { Recogniser, RecogniserInspection, ToolHistory } from '../recogniser.ts'

const name = 'schema_migrations'
const railsMetadata = 'ar_internal_metadata'

/** Several tools call their table so. These two have `version` alone, and Rails a table beside it. */
function versionTable(inspection: RecogniserInspection): TableModel | undefined {
  const table = ownTable(inspection, name, ['version'])
  return table !== undefined && hasOnly(table, ['version']) ? table : undefined
}

async function versions(
  tool: string,
  inspection: RecogniserInspection,
  [table, ...extraTables]: readonly [TableModel, ...TableModel[]],
) {
  const rows = await rowsOf(inspection, table, 'version')
  const history: ToolHistory = {
    tool,
    tables: [table.ref, ...extraTables.map(({ ref }) => ref)],
    records: 'each',
    applied: rows.map((row) => ({ name: textOf(row.version) })),
    problems: [],
  }
  return history
}

const metadataOf = (inspection: RecogniserInspection): TableModel | undefined =>
  ownTable(inspection, railsMetadata, ['key', 'value'])

export const dbmate: Recogniser = {
  tool: 'dbmate',
  tables: [name],
  async recognise(inspection) {
    const table = versionTable(inspection)
    return table === undefined || metadataOf(inspection) !== undefined
      ? undefined
      : versions('dbmate', inspection, [table])
  },
}

export const rails: Recogniser = {
  tool: 'Rails',
  tables: [name, railsMetadata],
  async recognise(inspection) {
    const [table, metadata] = [versionTable(inspection), metadataOf(inspection)]
    return table === undefined || metadata === undefined ? undefined : versions('Rails', inspection, [table, metadata])
  },
}

/** One row with the highest version; while a migration runs, and after one that failed, it is dirty. */
export const golangMigrate: Recogniser = {
  tool: 'golang-migrate',
  tables: [name],
  async recognise(inspection) {
    const table = ownTable(inspection, name, ['version', 'dirty'])
    if (table === undefined || !hasOnly(table, ['version', 'dirty'])) return undefined
    const rows = await rowsOf(inspection, table, 'version')
    const dirty = rows.filter((row) => isSet(row.dirty)).map((row) => textOf(row.version))
    return {
      tool: 'golang-migrate',
      tables: [table.ref],
      records: 'last',
      applied: rows.map((row) => ({ name: textOf(row.version) })),
      problems: dirty.map(
        (version) => `The migration ${version} of golang-migrate failed or is running: ${name} calls it dirty.`,
      ),
    }
  },
}
