import { type SchemaModel, type TableModel, type TableRef, tableKey, triggerKey } from '@org/migrate-core/dialect'

/**
 * How a table is called that the server names in small letters: as the first of these names that is the same there.
 * https://dev.mysql.com/doc/refman/8.4/en/identifier-case-sensitivity.html
 */
export function spellingOf(names: Iterable<string>): (name: string) => string {
  const spellings = new Map<string, string>()
  for (const name of names) {
    const folded = name.toLowerCase()
    if (!spellings.has(folded)) spellings.set(folded, name)
  }
  return (name) => spellings.get(name.toLowerCase()) ?? name
}

/** The table by its name there; foreign keys spell a table as the table itself is spelled. */
export function respelledTable(table: TableModel, spelled: (name: string) => string): TableModel {
  return {
    ...table,
    ref: { ...table.ref, name: spelled(table.ref.name) },
    constraints: table.constraints.map((constraint) => {
      if (constraint.kind !== 'foreignKey' || constraint.references.table.schema !== undefined) return constraint
      const name = spelled(constraint.references.table.name)
      return { ...constraint, references: { ...constraint.references, table: { name } } }
    }),
  }
}

/** The tables of a schema by these names; `DialectModel.respell`. */
export function respell(schema: SchemaModel, names: Iterable<TableRef>): SchemaModel {
  const spelled = spellingOf([...names].flatMap(({ schema: other, name }) => (other === undefined ? [name] : [])))
  const tables = [...schema.tables.values()].map((table) => respelledTable(table, spelled))
  const triggers = [...schema.triggers.values()].map((trigger) => ({
    ...trigger,
    table: { ...trigger.table, name: spelled(trigger.table.name) },
  }))
  return {
    ...schema,
    tables: new Map(tables.map((table) => [tableKey(table.ref), table])),
    triggers: new Map(triggers.map((trigger) => [triggerKey(trigger.table, trigger.name), trigger])),
  }
}
