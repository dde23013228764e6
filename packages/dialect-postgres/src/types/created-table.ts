import type {
  ColumnModel,
  ConstraintModel,
  DefaultValue,
  SchemaModel,
  SequenceModel,
  TableModel,
  TableRef,
} from '@org/migrate-core/dialect'
import { canonicalJson, put, tableKey } from '@org/migrate-core/dialect'
import { constraintName, ownSerialSequence, serialSequence } from '../sql/server-names.ts'
import { serialBits, typeOf } from './canonicalise.ts'

/** A name as regclass prints it. */
export function printedName(ref: TableRef): string {
  const part = (name: string): string => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`)
  return ref.schema === undefined ? part(ref.name) : `${part(ref.schema)}.${part(ref.name)}`
}

function nextOf(sequence: TableRef): DefaultValue {
  return { kind: 'expression', sql: `nextval('${printedName(sequence).replaceAll("'", "''")}'::regclass)` }
}

/**
 * A `serial` column as it is afterwards: an integer that is never NULL, with the next number of a sequence as its default
 * (https://www.postgresql.org/docs/current/datatype-numeric.html). This is also how introspection shows it, so that nothing of
 * it is lost when the column is changed.
 */
export function withoutSerial(model: SchemaModel, table: TableRef, column: ColumnModel): ColumnModel {
  const bits = serialBits(typeOf(column))
  if (bits === undefined) return column
  const { native: _, ...rest } = column
  return {
    ...rest,
    type: { kind: 'integer', bits },
    nullable: false,
    default: nextOf(ownSerialSequence(model, table, column.name)),
  }
}

/** An identity states the name of its sequence only where it is not the usual one. */
export function withoutUsualSequence(table: TableRef, column: ColumnModel): ColumnModel {
  if (column.identity?.sequence === undefined) return column
  const { sequence, ...identity } = column.identity
  return sequence === null || serialSequence(table, column.name).name === sequence ? { ...column, identity } : column
}

/** The schema with a sequence under another name: the server keeps it by its number, and writes the new name into defaults. */
export function withSequenceRenamed(model: SchemaModel, from: TableRef, to: TableRef): SchemaModel {
  const [old, now] = [from, to].map((ref) => `'${printedName(ref).replaceAll("'", "''")}'`) as [string, string]
  const renamed = (column: ColumnModel): ColumnModel => {
    const value = column.default
    // A text that becomes a name when the default is evaluated stays a text.
    if (value?.kind !== 'expression' || !value.sql.includes(old) || value.sql.includes(`${old}::text`)) return column
    return { ...column, default: { ...value, sql: value.sql.replaceAll(old, now) } }
  }
  const tables = [...model.tables].map(([key, table]) => {
    const columns = table.columns.map(renamed)
    return [key, columns.some((column, at) => column !== table.columns[at]) ? { ...table, columns } : table] as const
  })
  const sequences = [...model.sequences].map(([key, sequence]) =>
    key === tableKey(from) ? ([tableKey(to), { ...sequence, ref: to }] as const) : ([key, sequence] as const),
  )
  return { ...model, tables: new Map(tables), sequences: new Map(sequences) }
}

/** The sequence that a `serial` column brings, owned by it. */
function serialOf(model: SchemaModel, table: TableRef, column: ColumnModel): SequenceModel | undefined {
  const bits = serialBits(typeOf(column))
  if (bits === undefined) return undefined
  const ref = ownSerialSequence(model, table, column.name)
  const types = { 16: 'integer16', 32: 'integer32', 64: undefined } as const
  const type = types[bits]
  return { ref, ...(type === undefined ? {} : { type }), ownedBy: { table, column: column.name } }
}

export function withSerials(model: SchemaModel, table: TableRef, columns: readonly ColumnModel[]): SchemaModel {
  return columns.reduce((result, column) => {
    const sequence = serialOf(result, table, column)
    return sequence === undefined ? result : put(result, 'sequences', tableKey(sequence.ref), sequence)
  }, model)
}

/** A constraint with the name that the server gives it. */
export function named(model: SchemaModel, table: TableModel, constraint: ConstraintModel): ConstraintModel {
  if (constraint.name !== undefined) return constraint
  const name = constraintName(model, table, constraint)
  return name === undefined ? constraint : { ...constraint, name }
}

/** Columns of the primary key and identities are NOT NULL, whatever was declared. */
export function neverNull(table: TableModel): TableModel {
  const key = table.constraints.find((constraint) => constraint.kind === 'primaryKey')
  const keyed = new Set(key?.kind === 'primaryKey' ? key.columns : [])
  const must = (column: ColumnModel): boolean =>
    column.nullable && (keyed.has(column.name) || column.identity !== undefined)
  if (!table.columns.some(must)) return table
  return { ...table, columns: table.columns.map((column) => (must(column) ? { ...column, nullable: false } : column)) }
}

/** A table as it is once it has been made in that schema. */
export function tableAsCreated(model: SchemaModel, table: TableModel): TableModel {
  const columns = table.columns.map((column) =>
    withoutUsualSequence(table.ref, withoutSerial(model, table.ref, column)),
  )
  let result: TableModel = {
    ...table,
    columns,
    constraints: table.constraints.filter(({ name }) => name !== undefined),
  }
  const names = new Map<ConstraintModel, ConstraintModel>()
  for (const constraint of table.constraints) {
    const one = named(model, result, constraint)
    names.set(constraint, one)
    if (one !== constraint) result = { ...result, constraints: [...result.constraints, one] }
  }
  return neverNull({ ...result, constraints: table.constraints.map((one) => names.get(one) ?? one) })
}

/** A column whose numbers come from a sequence of its own, as `serial` makes both; undefined for every other. */
function asSerial(
  table: TableModel,
  column: ColumnModel,
  schema: SchemaModel,
): { readonly column: ColumnModel; readonly sequence: string } | undefined {
  const { type, default: value, ...rest } = column
  if (type.kind !== 'integer' || value?.kind !== 'expression' || column.nullable) return undefined
  const name = { 16: 'smallserial', 32: 'serial', 64: 'bigserial' }[type.bits]
  const serial: ColumnModel = { ...rest, type: { kind: 'native', dialect: 'postgres', sql: name } }
  const expanded = withoutSerial(schema, table.ref, serial)
  const sequence = serialOf(schema, table.ref, serial)
  if (sequence === undefined || canonicalJson(expanded) !== canonicalJson(column)) return undefined
  const key = tableKey(sequence.ref)
  return canonicalJson(schema.sequences.get(key) ?? null) === canonicalJson(sequence)
    ? { column: serial, sequence: key }
    : undefined
}

/** A schema as an author would write it: with `serial` for what `serial` makes. */
export function asWritten(schema: SchemaModel): SchemaModel {
  const sequences = new Map(schema.sequences)
  const tables = new Map(
    [...schema.tables].map(([key, table]) => {
      const columns = table.columns.map((column) => {
        const serial = asSerial(table, column, { ...schema, sequences })
        if (serial !== undefined) sequences.delete(serial.sequence)
        return serial?.column ?? column
      })
      return [key, { ...table, columns }] as const
    }),
  )
  return { ...schema, tables, sequences }
}
