import {
  type ConstraintOf,
  type EnumModel,
  findTable,
  type SchemaModel,
  type SequenceModel,
  type TableModel,
  type TableRef,
  tableKey,
  type ViewModel,
} from '@org/migrate-core/dialect'
import { inOrder } from '../declarable-schema.ts'
import { declarableTable } from '../declarable-table.ts'
import { type UndeclaredObject, undeclaredObject, undeclaredPart } from '../undeclared.ts'
import type { DrizzleVocabulary } from './vocabulary.ts'

/** What of a schema is declared with Drizzle. */
interface DrizzleSchema {
  readonly schemas: readonly string[]
  readonly enums: readonly EnumModel[]
  readonly sequences: readonly SequenceModel[]
  readonly tables: readonly TableModel[]
  /** Tables that keys refer to and that are not declared: they are written with those columns, and not exported. */
  readonly targets: readonly TableModel[]
  readonly views: readonly ViewModel[]
  readonly undeclared: readonly UndeclaredObject[]
}

/** FULLTEXT, SPATIAL and the like: Drizzle for MySQL has `btree` and `hash`. */
const isSpecial = ({ method }: { readonly method?: string }): boolean =>
  /^(?:fulltext|spatial|rtree)$/i.test(method ?? '')

/** What Drizzle can't declare of a table, beyond single facts. */
function declarable(table: TableModel): {
  readonly table: TableModel
  readonly undeclared: readonly UndeclaredObject[]
} {
  const { ref, rowSecurity, policies = [] } = table
  const special = table.indexes.filter(isSpecial)
  const isPassive = policies.length > 0 && rowSecurity?.enabled !== true
  return {
    table: {
      ...table,
      indexes: table.indexes.filter((index) => !isSpecial(index)),
      ...(isPassive ? { policies: [] } : {}),
    },
    undeclared: [
      ...special.map(({ name, method }) =>
        undeclaredPart('index', ref, name, `Drizzle has no index of ${method?.toUpperCase()}`),
      ),
      ...(rowSecurity?.forced ? [undeclaredObject('table', ref, 'declared without FORCE ROW LEVEL SECURITY')] : []),
      ...(isPassive
        ? [
            undeclaredObject(
              'table',
              ref,
              'declared without its policies: Drizzle enables row security with each, and here it is disabled',
            ),
          ]
        : []),
    ],
  }
}

/** The tables that keys of these refer to, and that are not among them. */
function targetsOf(schema: SchemaModel, tables: readonly TableModel[]): readonly TableModel[] {
  const declared = new Set(tables.map(({ ref }) => tableKey(ref)))
  const targets = new Map<string, TableModel>()
  const keys = tables.flatMap(({ constraints }) =>
    constraints.filter((one): one is ConstraintOf<'foreignKey'> => one.kind === 'foreignKey'),
  )
  for (const { references } of keys) {
    const target = findTable(schema, references.table)
    if (target === undefined || declared.has(tableKey(target.ref))) continue
    const own = target.constraints.filter(({ kind }) => kind === 'primaryKey') as readonly ConstraintOf<'primaryKey'>[]
    const named = new Set([
      ...own.flatMap(({ columns }) => columns),
      ...references.columns,
      ...(targets.get(tableKey(target.ref))?.columns ?? []).map(({ name }) => name),
    ])
    const columns = target.columns
      .filter(({ name }) => named.has(name))
      .map(({ name, type, nullable }) => ({ name, type, nullable }))
    targets.set(tableKey(target.ref), { ref: target.ref, columns, constraints: own, indexes: [], options: {} })
  }
  return [...targets.values()]
}

const sequenceFacts = ({ ref, type, ownedBy }: SequenceModel): readonly UndeclaredObject[] => {
  const facts = [...(type === undefined ? [] : ['its type']), ...(ownedBy === undefined ? [] : ['its owner'])]
  return facts.length === 0 ? [] : [undeclaredObject('sequence', ref, `declared without ${facts.join(' and ')}`)]
}

/** What Drizzle declares of a schema, and a list of the rest. `all`: the schema with what is not to be declared. */
export function drizzleSchema(schema: SchemaModel, all: SchemaModel, vocabulary: DrizzleVocabulary): DrizzleSchema {
  const parts = inOrder(schema.tables.values(), ({ ref }) => ref).map((table) => {
    const common = declarableTable(table, vocabulary.inexpressible)
    if (common.table === undefined) return common
    const own = declarable(common.table)
    return { table: own.table, undeclared: [...common.undeclared, ...own.undeclared] }
  })
  const tables = parts.flatMap(({ table }) => table ?? [])
  const targets = targetsOf(all, tables)
  const sorted = <T extends { readonly ref: TableRef }>(objects: ReadonlyMap<string, T>) =>
    inOrder(objects.values(), ({ ref }) => ref)
  const [enums, sequences, views] = [sorted(schema.enums), sorted(schema.sequences), sorted(schema.views)]
  const triggers = inOrder(schema.triggers.values(), ({ table, name }) => ({ ...table, name: `${table.name} ${name}` }))
  const used = [...tables, ...targets, ...enums, ...sequences, ...views].flatMap(({ ref }) => ref.schema ?? [])
  return {
    schemas: [...new Set([...schema.schemas, ...used])].sort(),
    enums,
    sequences,
    tables,
    targets,
    views,
    undeclared: [
      ...parts.flatMap(({ undeclared }) => undeclared),
      ...triggers.map(({ table, name }) => undeclaredPart('trigger', table, name, 'Drizzle declares no triggers')),
      ...sequences.flatMap(sequenceFacts),
      ...schema.extensions.map((name) => undeclaredObject('extension', { name }, 'Drizzle declares no extensions')),
    ],
  }
}
