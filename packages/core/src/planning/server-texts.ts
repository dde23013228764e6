import { compileOperations } from '../compile/compile.ts'
import { executeStatement } from '../compile/execute-statement.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { isSame } from '../model/canonical.ts'
import { assign, emptySchema, findColumn, tableKey } from '../model/edit.ts'
import type { ColumnModel, ConstraintModel, IndexModel, SchemaModel, TableModel } from '../model/schema-model.ts'
import type { Operation } from '../operations/operation.ts'

/** Of a column, a constraint or an index what a server writes in its own words. */
interface PartTexts<Part> {
  /** Undefined: it has none. */
  textsOf(part: Part): unknown
  withTexts(part: Part, from: Part): Part
}

const columnTexts: PartTexts<ColumnModel> = {
  textsOf: ({ type, native, default: value, generated }) => [type, native, value, generated?.expression],
  withTexts: (column, { type, default: value, generated: from }) => {
    const { generated } = column
    const own =
      generated === undefined || from === undefined ? generated : { ...generated, expression: from.expression }
    const typed = assign({ ...column, type }, 'native', undefined)
    return assign(assign(typed, 'default', value), 'generated', own)
  },
}

const constraintTexts: PartTexts<ConstraintModel> = {
  textsOf: (one) => {
    if (one.kind === 'check') return [one.expression]
    return one.kind === 'exclude' ? [one.elements.map(({ expression }) => expression), one.where ?? null] : undefined
  },
  withTexts: (one, from) => {
    if (one.kind === 'check' && from.kind === 'check') return { ...one, expression: from.expression }
    if (one.kind !== 'exclude' || from.kind !== 'exclude') return one
    const elements = one.elements.map((each, at) => ({ ...each, expression: (from.elements[at] ?? each).expression }))
    return assign({ ...one, elements }, 'where', from.where)
  },
}

const indexTexts: PartTexts<IndexModel> = {
  textsOf: ({ elements, where }) =>
    where === undefined && elements.every(({ expression }) => expression === undefined)
      ? undefined
      : [elements.map(({ column, expression }) => column ?? [expression]), where ?? null],
  withTexts: (index, from) => {
    const elements = index.elements.map((each, at) => {
      const { column, expression } = from.elements[at] ?? each
      return each.expression === undefined ? each : assign(assign(each, 'column', column), 'expression', expression)
    })
    return assign({ ...index, elements }, 'where', from.where)
  },
}

/** It has texts, and none of the others has the same. */
const isUnlike = <Part>({ textsOf }: PartTexts<Part>, part: Part, other: readonly Part[]): boolean =>
  textsOf(part) !== undefined && other.every((each) => !isSame(textsOf(each), textsOf(part)))

interface Probe {
  readonly table: TableModel
  /** Those whose texts are requested; the others are there to be named in expressions. */
  readonly columns: ReadonlySet<string>
}

const constraintName = (table: string, at: number): string => `${table}_c${at}`
const indexName = (table: string, at: number): string => `${table}_i${at}`

/** A table of that name with the columns of the given one, and of the rest only the texts that the other one does not have. */
function probeOf(name: string, table: TableModel, other: TableModel): Probe {
  const requested = table.columns.filter((column) => {
    const counterpart = findColumn(other, column.name)
    return counterpart !== undefined && isUnlike(columnTexts, column, [counterpart])
  })
  const columns = table.columns.map((column) => {
    const { type, native, nullable, collation, default: value, generated } = column
    const plain: ColumnModel = { name: column.name, type, nullable }
    const bare = assign(assign(plain, 'native', native), 'collation', collation)
    return requested.includes(column) ? assign(assign(bare, 'default', value), 'generated', generated) : bare
  })
  const probe: TableModel = {
    ref: { name },
    columns,
    constraints: table.constraints.flatMap((one, at): ConstraintModel[] => {
      const own = constraintName(name, at)
      if (!isUnlike(constraintTexts, one, other.constraints)) return []
      if (one.kind === 'check') return [{ kind: 'check', name: own, expression: one.expression }]
      return one.kind === 'exclude' ? [assign({ ...one, name: own }, 'extras', undefined)] : []
    }),
    indexes: table.indexes.flatMap((index, at) =>
      isUnlike(indexTexts, index, other.indexes)
        ? [assign(assign({ ...index, name: indexName(name, at) }, 'extras', undefined), 'source', undefined)]
        : [],
    ),
    options: {},
  }
  return { table: probe, columns: new Set(requested.map((column) => column.name)) }
}

/** The table with the texts that the server shows of its probe. */
function asShown(table: TableModel, probe: Probe, shown: TableModel): TableModel {
  const { name } = probe.table.ref
  const named = <Part extends { readonly name?: string }>(parts: readonly Part[], own: string): Part | undefined =>
    parts.find((part) => part.name === own)
  return {
    ...table,
    columns: table.columns.map((column) => {
      const from = probe.columns.has(column.name) ? findColumn(shown, column.name) : undefined
      return from === undefined ? column : columnTexts.withTexts(column, from)
    }),
    constraints: table.constraints.map((one, at) => {
      const from = named(shown.constraints, constraintName(name, at))
      return from === undefined ? one : constraintTexts.withTexts(one, from)
    }),
    indexes: table.indexes.map((index, at) => {
      const from = named(shown.indexes, indexName(name, at))
      return from === undefined ? index : indexTexts.withTexts(index, from)
    }),
  }
}

/**
 * The schema with the types and expressions of its tables as this server writes them (`trim(t)` is `TRIM(BOTH FROM t)` to PostgreSQL), as
 * far as the other schema does not have them as they are: it makes a table of them in a shadow, and shows it. Nothing else is asked for. Types,
 * functions and sequences are those of the real database. Throws what the shadow and the server do.
 */
export async function withServerTexts(dialect: Dialect, schema: SchemaModel, other: SchemaModel): Promise<SchemaModel> {
  const probes = new Map<string, Probe>()
  for (const [key, table] of schema.tables) {
    const counterpart = other.tables.get(key)
    if (counterpart === undefined || table.opaque !== undefined || isSame(table, counterpart)) continue
    const probe = probeOf(`migrate_probe_${probes.size}`, table, counterpart)
    const { constraints, indexes } = probe.table
    if (probe.columns.size + constraints.length + indexes.length > 0) probes.set(key, probe)
  }
  if (probes.size === 0 || dialect.shadow === undefined) return schema
  const shown = await dialect.shadow.use(
    async ({ session }) => {
      const spoken = await (session.dialect ?? dialect).load()
      const creations = [...probes.values()].map(({ table }): Operation => ({ kind: 'createTable', table }))
      const known = { ...emptySchema, enums: schema.enums }
      const { groups } = compileOperations(
        spoken,
        known,
        creations.map((operation) => ({ operation })),
      )
      for (const { statements } of groups) for (const each of statements) await executeStatement(session, each)
      return spoken.introspection.schema(session, { tables: [...probes.values()].map(({ table }) => table.ref) })
    },
    { keepName: true },
  )
  const tables = [...schema.tables].map(([key, table]): readonly [string, TableModel] => {
    const probe = probes.get(key)
    const from = probe && shown.tables.get(tableKey(probe.table.ref))
    return [key, probe === undefined || from === undefined ? table : asShown(table, probe, from)]
  })
  return { ...schema, tables: new Map(tables) }
}
