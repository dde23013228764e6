import { type ColumnModel, type Operation, present, type SchemaModel, type TableRef } from '@org/migrate-core/dialect'
import { printedName } from '../../types/created-table.ts'
import { mapped } from '../../types/enum-values.ts'

/** A name as the server prints it: with its schema where the search path does not lead to it. */
function printed({ schema, name }: TableRef, ownSchema: string): readonly string[] {
  return [printedName({ name }), printedName({ schema: schema ?? ownSchema, name })]
}

/** Which of the dependants that were read are no longer there after an operation: the test of their text. */
function droppedBy(operation: Operation, ownSchema: string): ((dependant: string) => boolean) | undefined {
  const isOneOf = (texts: readonly string[]) => (dependant: string) => texts.includes(dependant)
  const ofTable = (what: string, table: TableRef) =>
    isOneOf(printed(table, ownSchema).map((name) => `${what} table ${name}`))
  if (operation.kind === 'dropTrigger') return ofTable(`trigger ${operation.trigger} on`, operation.table)
  if (operation.kind === 'dropPolicy') return ofTable(`policy ${operation.policy} on`, operation.table)
  if (operation.kind === 'dropConstraint' && 'name' in operation.constraint)
    return ofTable(`constraint ${operation.constraint.name} on`, operation.table)
  if (operation.kind === 'dropColumn') return ofTable(`generated column ${operation.column} of`, operation.table)
  if (operation.kind === 'alterColumn' && operation.change.nullable === true)
    return ofTable(`NOT NULL of column ${operation.column} of`, operation.table)
  if (operation.kind === 'dropIndex') {
    const names = printed({ ...operation.table, name: operation.index }, ownSchema)
    return (dependant) => names.some((name) => dependant.startsWith(`index ${name} of `))
  }
  if (operation.kind !== 'dropTable') return undefined
  const ends = printed(operation.table, ownSchema).flatMap((name) => [
    ` on table ${name}`,
    ` of table ${name}`,
    ` of ${name}`,
  ])
  return (dependant) => ends.some((end) => dependant.endsWith(end))
}

function without({ dependants, local, ofHeirs, ...column }: ColumnModel, isDropped: (dependant: string) => boolean) {
  const left = (list: readonly string[] | undefined): readonly string[] | undefined => {
    const rest = list?.filter((each) => !isDropped(each))
    return rest?.length === 0 ? undefined : rest
  }
  return { ...column, ...present({ dependants: left(dependants), local: left(local), ofHeirs: left(ofHeirs) }) }
}

/**
 * What depends on columns is read with the tables: a revision, or a downgrade, that drops it first has nothing in the way of the change any more.
 */
export function withoutDropped(model: SchemaModel, operation: Operation, ownSchema: string): SchemaModel {
  const isDropped = droppedBy(operation, ownSchema)
  if (isDropped === undefined) return model
  const lists = ({ dependants = [], local = [], ofHeirs = [] }: ColumnModel) => [...dependants, ...local, ...ofHeirs]
  const isNamed = (column: ColumnModel): boolean => lists(column).some(isDropped)
  if (![...model.tables.values()].some((table) => table.columns.some(isNamed))) return model
  return {
    ...model,
    tables: mapped(model.tables, (table) =>
      table.columns.some(isNamed)
        ? { ...table, columns: table.columns.map((one) => (isNamed(one) ? without(one, isDropped) : one)) }
        : table,
    ),
  }
}
