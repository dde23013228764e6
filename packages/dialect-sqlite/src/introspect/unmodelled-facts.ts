import type { SchemaModel, Session, TableModel, UnmodelledFact } from '@org/migrate-core/dialect'
import { parseTable } from '../ddl/parse-table.ts'
import { primaryKeyOf, rowidAlias } from './columns.ts'

const isText = (value: string | undefined): value is string => value !== undefined

/**
 * A key that is an integer and yet not the rowid takes NULL, and numbers no row: `INT PRIMARY KEY`, and `INTEGER PRIMARY KEY DESC` in the
 * column. https://www.sqlite.org/lang_createtable.html#rowids_and_the_integer_primary_key
 */
function keyFact({ columns, options, ref, source }: TableModel): readonly UnmodelledFact[] {
  const parsed = source === undefined ? undefined : parseTable(source)
  const key = parsed && primaryKeyOf(parsed)
  const column = columns.find(({ name }) => name === key?.columns[0])
  if (parsed === undefined || key?.columns.length !== 1 || column?.type.kind !== 'integer') return []
  if (column.type.bits !== 32 || options.withoutRowid === true || rowidAlias(parsed) !== undefined) return []
  return [{ kind: 'column', table: ref.name, name: column.name, fact: 'PRIMARY KEY that is not the rowid' }]
}

function ofTable(model: TableModel): readonly UnmodelledFact[] {
  const table = model.ref.name
  const parts = [
    ...model.columns.map(({ name, extras = [] }) => ({
      ...{ kind: 'column' as const, name },
      extras: extras.filter(({ isConstraint }) => isConstraint !== true),
    })),
    ...model.constraints.map(({ kind, name = kind, extras = [] }) => ({ kind: 'constraint' as const, name, extras })),
  ]
  return [
    ...keyFact(model),
    ...parts.flatMap(({ kind, name, extras }) =>
      extras
        .flatMap(({ statements }) => statements.flat())
        .map((part) => (typeof part === 'object' && 'text' in part ? part.text : undefined))
        .filter(isText)
        .map((fact) => ({ kind, table, name, fact })),
    ),
  ]
}

/** What the texts of tables say beyond the model: ON CONFLICT, the collation and the order of a key, PRIMARY KEY that is not the rowid. */
export const unmodelledFacts = async (_session: Session, { tables }: SchemaModel): Promise<readonly UnmodelledFact[]> =>
  [...tables.values()].flatMap((table) => (table.opaque === undefined ? ofTable(table) : []))
