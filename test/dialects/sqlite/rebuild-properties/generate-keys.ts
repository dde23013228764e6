import type { ConstraintContext } from './generate-constraints.ts'
import { constraintName } from './generate-constraints.ts'
import { emptyColumn } from './generate-table.ts'
import { insertInto, type RowData, type SampleValue } from './generate-values.ts'
import { quoted } from './names.ts'
import type { CaseSpec, ColumnSpec, TableSpec } from './spec.ts'
import type { Writer } from './write.ts'

/** Columns of the table that a foreign key can point at. */
interface Key {
  readonly columns: readonly ColumnSpec[]
  /** May be left out of REFERENCES. */
  readonly primary: boolean
}

function keysOf(table: TableSpec): Key[] {
  const single: Key[] = table.columns
    .filter((one) => one.tokens.includes('PRIMARY') || one.rowidAlias)
    .map((one) => ({ columns: [one], primary: true }))
  const composite = table.constraints
    .filter((one) => one.kind === 'primaryKey' && one.columns.length > 1 && !one.tokens.includes('COLLATE'))
    .map((one) => ({
      columns: one.columns.flatMap((name) => table.columns.filter((column) => column.name === name)),
      primary: true,
    }))
  const unique = table.columns
    .filter((one) => one.tokens.includes('UNIQUE') && one.generated === undefined && one.distinct)
    .map((one) => ({ columns: [one], primary: false }))
  return [...single, ...composite, ...unique]
}

const actions = ['CASCADE', 'SET NULL', 'RESTRICT', 'NO ACTION', 'SET DEFAULT'] as const

/** REFERENCES … with its clauses. */
function references(
  context: ConstraintContext,
  target: string,
  columns: readonly string[],
  incoming: boolean,
): string[] {
  const { random, names, features } = context
  const list =
    columns.length === 0
      ? []
      : ['(', ...columns.flatMap((name, at) => [...(at === 0 ? [] : [',']), names.written(name)]), ')']
  const clauses: string[][] = []
  let onDelete = ''
  if (random.chance(0.88)) {
    const action = random.pick(actions.slice(0, random.chance(0.9) ? 4 : 5))
    clauses.push(['ON', 'DELETE', ...action.split(' ')])
    onDelete = action
  }
  if (random.chance(0.4)) {
    const action = random.pick(actions)
    clauses.push(['ON', 'UPDATE', ...action.split(' ')])
    if (incoming) features.add(`incoming ON UPDATE ${action}`)
  }
  if (random.chance(0.06)) clauses.push(['MATCH', 'SIMPLE'])
  const deferrable = random.weighted([
    [5, []],
    [5, ['DEFERRABLE', 'INITIALLY', 'DEFERRED']],
    [1, ['DEFERRABLE', 'INITIALLY', 'IMMEDIATE']],
    [1, ['NOT', 'DEFERRABLE']],
  ])
  const deferred = deferrable.includes('DEFERRED')
  if (incoming && deferred) features.add('incoming deferred')
  if (incoming && onDelete !== '') features.add(`incoming ON DELETE ${onDelete}${deferred ? ', deferred' : ''}`)
  return ['REFERENCES', names.written(target), ...list, ...clauses.flat(), ...deferrable]
}

/** A column (or table constraint) of `table` that points at `target`. */
function addKeyTo(
  context: ConstraintContext,
  table: TableSpec,
  target: string,
  key: { name: string; type: string; values: ColumnSpec['values'] },
): ColumnSpec {
  const { random, names } = context
  const column = emptyColumn(names.nextName(), key.type, key.values)
  column.uses.add('foreignKey')
  const [prefix, name] = constraintName(context)
  const clause = references(context, target, random.chance(0.8) ? [key.name] : [key.name], false)
  const declared = [names.declared(column.name), ...(key.type === '' ? [] : [key.type])]
  if (random.chance(0.5)) column.tokens = [...declared, ...prefix, ...clause]
  else {
    column.tokens = declared
    table.constraints.push({
      kind: 'foreignKey',
      name,
      columns: [column.name],
      tokens: [...prefix, 'FOREIGN', 'KEY', '(', names.written(column.name), ')', ...clause],
    })
  }
  table.columns.push(column)
  return column
}

export interface Relations {
  readonly other: CaseSpec['other']
  readonly fill: (rows: readonly RowData[]) => void
  /** Statements that make the other tables, and their rows once the rows of the table are known. */
  readonly schema: string[]
  readonly children: (rows: readonly RowData[]) => string[]
  readonly childTables: string[]
}

/** Foreign keys out of the table, into it, onto itself and round in circles. */
export function generateRelations(context: ConstraintContext, writer: Writer, table: TableSpec): Relations {
  const { random, names, features } = context
  const schema: string[] = []
  const other = { name: names.nextName(), key: names.nextName() }
  const keys = keysOf(table)
  const strictType = (type: string): string => ((table.strict || table.strictable) && type === '' ? 'ANY' : type)
  const cyclicKey = random.chance(0.16) ? keys.find((one) => one.columns.length === 1) : undefined
  const cyclic = cyclicKey?.columns[0] === undefined ? undefined : names.nextName()
  const outgoing = random.chance(0.2) || cyclic !== undefined
  const fills: ((rows: readonly RowData[]) => void)[] = []
  const put = (column: ColumnSpec, from: (rows: readonly RowData[]) => readonly SampleValue[]) => {
    fills.push((rows) => {
      const values = from(rows).filter((value) => value !== null)
      for (const row of rows)
        row.values.set(column.name, values.length === 0 || random.chance(0.3) ? null : random.pick(values))
    })
  }
  const otherKeys: SampleValue[] = [10n, 20n, 30n]
  if (outgoing) {
    features.add('foreign key out of the table')
    const column = addKeyTo(context, table, other.name, {
      name: other.key,
      type: strictType('INTEGER'),
      values: 'integer',
    })
    put(column, () => otherKeys)
  }
  const selfKey = random.chance(0.18) ? keys.find((one) => one.columns.length === 1)?.columns[0] : undefined
  if (selfKey !== undefined) {
    features.add('foreign key onto itself')
    const column = addKeyTo(context, table, table.name, {
      name: selfKey.name,
      type: selfKey.type,
      values: selfKey.values,
    })
    selfKey.uses.add('referenced')
    put(column, (rows) => rows.map((row) => row.values.get(selfKey.name) ?? null))
  }
  const otherDefinitions = [
    [names.declared(other.key), 'INTEGER', 'PRIMARY', 'KEY'],
    [names.declared(names.nextName()), 'TEXT'],
  ]
  const cyclicColumn = cyclicKey?.columns[0]
  if (cyclic !== undefined && cyclicColumn !== undefined) {
    features.add('foreign keys in a circle')
    features.add('incoming foreign key')
    cyclicColumn.uses.add('referenced')
    const declared = [names.declared(cyclic), ...(cyclicColumn.type === '' ? [] : [cyclicColumn.type])]
    otherDefinitions.push([...declared, ...references(context, table.name, [cyclicColumn.name], true)])
  }
  schema.push(writer.createTable(names.declared(other.name), otherDefinitions, []))
  const children = random.chance(0.66) && keys.length > 0 ? random.int(1, 3) : 0
  const childTables: { name: string; columns: string[]; key: Key }[] = []
  for (let at = 0; at < children; at++) childTables.push(child(context, writer, table, random.pick(keys), schema))
  return {
    other,
    schema,
    childTables: childTables.map((one) => one.name),
    fill: (rows) => {
      for (const fill of fills) fill(rows)
    },
    children: (rows) => {
      const inserts: string[] = []
      const insert = (name: string, values: SampleValue[][]) => {
        if (values.length > 0) inserts.push(insertInto(quoted(name), [], values))
      }
      const keyOf = (key: Key): SampleValue[] => {
        const row = rows.length === 0 || random.chance(0.2) ? undefined : random.pick(rows)
        return key.columns.map((column) => row?.values.get(column.name) ?? null)
      }
      insert(
        other.name,
        otherKeys.map((value) => [value, 'other', ...(cyclicKey === undefined ? [] : keyOf(cyclicKey))]),
      )
      const broken = random.chance(0.06)
      for (const one of childTables) {
        const values = Array.from({ length: random.int(1, 5) }, (_, at) => [
          BigInt(at * 3 + 1),
          `child ${at}`,
          ...keyOf(one.key),
        ])
        if (broken && values[0] !== undefined) {
          features.add('rows that point nowhere')
          values[0].splice(2, one.key.columns.length, ...one.key.columns.map(() => 987654n))
        }
        insert(one.name, values)
      }
      return inserts
    },
  }
}

function child(
  context: ConstraintContext,
  writer: Writer,
  table: TableSpec,
  key: Key,
  schema: string[],
): { name: string; columns: string[]; key: Key } {
  const { random, names, features } = context
  features.add('incoming foreign key')
  if (key.columns.length > 1) features.add('incoming composite foreign key')
  for (const column of key.columns) column.uses.add('referenced')
  const name = names.nextName()
  const columns = key.columns.map(() => names.nextName())
  const type = (column: ColumnSpec): string[] => (column.type === '' ? [] : [column.type])
  const listed = key.primary && random.chance(0.3) ? [] : key.columns.map((one) => one.name)
  const clause = references(context, table.name, listed, true)
  const definitions = [
    [names.declared(names.nextName()), 'INTEGER', 'PRIMARY', 'KEY'],
    [names.declared(names.nextName()), 'TEXT'],
    ...columns.map((column, at) => {
      const parent = key.columns[at]
      return [names.declared(column), ...(parent === undefined ? [] : type(parent))]
    }),
  ]
  if (columns.length === 1) definitions.at(-1)?.push(...clause)
  else {
    const list = columns.flatMap((column, at) => [...(at === 0 ? [] : [',']), names.written(column)])
    definitions.push([...constraintName(context)[0], 'FOREIGN', 'KEY', '(', ...list, ')', ...clause])
  }
  schema.push(writer.createTable(names.declared(name), definitions, []))
  return { name, columns, key }
}
