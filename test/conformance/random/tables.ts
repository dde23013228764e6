import type {
  ColumnModel,
  ColumnType,
  ConstraintModel,
  IndexElement,
  IndexModel,
  ReferentialAction,
  TableModel,
  TableRef,
} from '@org/migrate-core/dialect'
import { keyType, type Making, plainColumn } from './columns.ts'

interface Growing {
  readonly ref: TableRef
  readonly columns: ColumnModel[]
  readonly constraints: ConstraintModel[]
  readonly indexes: IndexModel[]
}

const number: ColumnType = { kind: 'integer', bits: 32 }

function primaryKey(making: Making, table: Growing, called: (what: string) => string): void {
  const { random, record, features } = making
  const identity = features.identity.length > 0 && random.chance(0.4) ? random.pick(features.identity) : undefined
  const wide = identity === undefined && random.chance(0.3)
  const columns = Array.from({ length: wide ? 2 : 1 }, (): ColumnModel => {
    const type = identity === undefined ? keyType(making) : number
    return { name: called('column'), type, nullable: false }
  })
  const [first] = columns
  if (identity !== undefined && first !== undefined) {
    record(`identity ${identity}`)
    const counted = identity !== 'autoIncrement' && random.chance(0.4)
    if (counted) record('identity from, by')
    const bounded = counted && random.chance(0.5)
    if (bounded) record('identity within bounds')
    columns[0] = {
      ...first,
      identity: {
        mode: identity,
        ...(counted ? { start: 100, increment: 5 } : {}),
        ...(bounded ? { minValue: '50', maxValue: '90000', cache: 7, cycle: true } : {}),
      },
    }
  }
  if (wide) record('composite key')
  table.columns.push(...columns)
  const deferrable = features.deferrable.includes('primaryKey') && random.chance(0.1)
  if (deferrable) record('deferrable primary key')
  table.constraints.push({
    kind: 'primaryKey',
    columns: columns.map(({ name }) => name),
    ...(deferrable ? { deferrable: random.pick(['immediate', 'deferred'] as const) } : {}),
  })
}

function generated(making: Making, table: Growing, called: (what: string) => string): void {
  const { random, record, features, fragments } = making
  if (features.generated.length === 0 || !random.chance(0.25)) return
  const how = random.pick(features.generated)
  record(`generated, ${how}`)
  const base = called('column')
  table.columns.push({ name: base, type: number, nullable: true })
  table.columns.push({
    name: called('column'),
    type: number,
    nullable: true,
    generated: { expression: `${fragments.quoted(base)} * 2`, stored: how === 'stored' },
  })
}

function uniques(making: Making, table: Growing, called: (what: string) => string): void {
  const { random, record, features } = making
  if (!random.chance(0.35)) return
  const columns = Array.from(
    { length: random.int(1, 2) },
    (): ColumnModel => ({ name: called('column'), type: keyType(making), nullable: random.chance(0.5) }),
  )
  table.columns.push(...columns)
  const distinct = features.nullsNotDistinct && random.chance(0.2)
  const deferrable = features.deferrable.includes('unique') && random.chance(0.2)
  record('unique')
  if (distinct) record('unique, nulls not distinct')
  if (deferrable) record('deferrable unique')
  table.constraints.push({
    kind: 'unique',
    ...(random.chance(0.8) ? { name: called('unique') } : {}),
    columns: columns.map(({ name }) => name),
    ...(distinct ? { nullsNotDistinct: true } : {}),
    ...(deferrable ? { deferrable: random.pick(['immediate', 'deferred'] as const) } : {}),
  })
}

function checks(making: Making, table: Growing, called: (what: string) => string): void {
  const { random, record, fragments } = making
  if (!random.chance(0.35)) return
  const column = called('column')
  table.columns.push({ name: column, type: number, nullable: true })
  const name = fragments.quoted(column)
  record('check')
  table.constraints.push({
    kind: 'check',
    name: called('check'),
    expression: random.pick([
      `${name} > 0`,
      `${name} <> 7`,
      `${name} >= 0 AND ${name} < 100`,
      `${name} IS NOT NULL`,
      `(${name} + 1) * 2 > 4`,
    ]),
  })
}

const actions: readonly ReferentialAction[] = ['noAction', 'restrict', 'cascade', 'setNull', 'setDefault']

/** A key of `from` to the primary key of `to`, with columns of its own. */
export function foreignKey(
  making: Making,
  from: Growing | TableModel,
  to: Growing | TableModel,
  called: (what: string) => string,
): { readonly columns: readonly ColumnModel[]; readonly constraint: ConstraintModel } {
  const { random, record, features } = making
  const key = to.constraints.find(({ kind }) => kind === 'primaryKey')
  const names = key?.kind === 'primaryKey' ? key.columns : []
  const columns = names.map((name): ColumnModel => {
    const type = to.columns.find((column) => column.name === name)?.type ?? number
    return { name: called('column'), type, nullable: true }
  })
  const allowed = actions.filter((action) => action !== 'setDefault' || features.setDefault)
  const deferrable = features.deferrable.includes('foreignKey') && random.chance(0.2)
  const whole = features.matchFull && random.chance(0.1)
  record(from === to ? 'foreign key to itself' : 'foreign key')
  if (names.length > 1) record('composite foreign key')
  if (deferrable) record('deferrable foreign key')
  if (whole) record('MATCH FULL')
  const action = (event: string): ReferentialAction => {
    const chosen = random.pick(allowed)
    record(`${event} ${chosen}`)
    return chosen
  }
  const constraint: ConstraintModel = {
    kind: 'foreignKey',
    name: called('foreign'),
    columns: columns.map(({ name }) => name),
    references: { table: to.ref, columns: names },
    ...(random.chance(0.6) ? { onDelete: action('on delete') } : {}),
    ...(random.chance(0.3) ? { onUpdate: action('on update') } : {}),
    ...(whole ? { match: 'full' } : {}),
    ...(deferrable ? { deferrable: random.pick(['immediate', 'deferred'] as const) } : {}),
  }
  return { columns, constraint }
}

/** A deferrable key cannot be referred to. */
export const canBeReferred = ({ constraints }: Growing | TableModel): boolean =>
  !constraints.some((constraint) => constraint.kind === 'primaryKey' && constraint.deferrable !== undefined)

function element(making: Making, column: string): IndexElement {
  const { random, record, features, fragments } = making
  const descending = features.descendingIndexes && random.chance(0.25)
  const nulls = features.nullsOrder && random.chance(0.2)
  const collates = fragments.collation !== undefined && random.chance(0.1)
  if (descending) record('index, descending')
  if (nulls) record('index, nulls first or last')
  return {
    column,
    ...(descending ? { order: 'desc' as const } : {}),
    ...(nulls ? { nulls: random.pick(['first', 'last'] as const) } : {}),
    ...(collates ? {} : {}),
  }
}

function indexes(making: Making, table: Growing, called: (what: string) => string): void {
  const { random, record, features, fragments } = making
  if (!random.chance(0.6)) return
  const [text, count, other] = [called('column'), called('column'), called('column')]
  const textType: ColumnType = features.textKeys ? { kind: 'text' } : { kind: 'varchar', length: 60 }
  table.columns.push(
    { name: text, type: textType, nullable: true },
    { name: count, type: number, nullable: true },
    { name: other, type: number, nullable: true },
  )
  for (let left = random.int(1, 3); left > 0; left--) {
    const columns = random.sample([text, count], random.int(1, 2))
    const elements: IndexElement[] = columns.map((column) => element(making, column))
    if (features.expressionIndexes && random.chance(0.25)) {
      record('index, of an expression')
      const expression = random.pick([`lower(${fragments.quoted(text)})`, `${fragments.quoted(count)} + 1`])
      elements.push({ expression })
    }
    if (features.prefixIndexes && columns.includes(text) && random.chance(0.4)) {
      record('index, of the first characters')
      const at = elements.findIndex(({ column }) => column === text)
      elements[at] = { ...elements[at], prefixLength: 10 }
    }
    const partial = features.partialIndexes && random.chance(0.25)
    const covering = features.includeIndexes && random.chance(0.2)
    const unique = random.chance(0.3)
    const distinct = unique && features.nullsNotDistinct && random.chance(0.2)
    const hasComment = features.comments && random.chance(0.15)
    record('index')
    if (unique) record('index, unique')
    if (partial) record('index, partial')
    if (covering) record('index, covering')
    if (hasComment) record('index comment')
    table.indexes.push({
      name: called('index'),
      unique,
      elements,
      ...(partial
        ? { where: random.pick([`${fragments.quoted(count)} > 5`, `${fragments.quoted(text)} IS NOT NULL`]) }
        : {}),
      ...(covering ? { include: [other] } : {}),
      ...(distinct ? { nullsNotDistinct: true } : {}),
      ...(hasComment ? { comment: "it's an index" } : {}),
    })
  }
}

function excludes(making: Making, table: Growing, called: (what: string) => string): void {
  const { random, record, features, fragments } = making
  if (!features.exclude || !random.chance(0.15)) return
  const column = called('column')
  table.columns.push({ name: column, type: number, nullable: true })
  record('exclusion')
  table.constraints.push({
    kind: 'exclude',
    name: called('exclusion'),
    method: 'btree',
    elements: [{ expression: fragments.quoted(column), operator: '=' }],
    ...(random.chance(0.5) ? { where: `${fragments.quoted(column)} > 0` } : {}),
  })
}

/** A table with features of its own; it may refer to itself and to those made before. */
export function randomTable(
  making: Making,
  ref: TableRef,
  before: readonly TableModel[],
  enums: readonly ColumnType[],
  called: (what: string) => string,
): TableModel {
  const { random, record, features, fragments } = making
  const table: Growing = { ref, columns: [], constraints: [], indexes: [] }
  primaryKey(making, table, called)
  for (let left = random.int(1, 6); left > 0; left--) table.columns.push(plainColumn(making, called('column'), enums))
  generated(making, table, called)
  uniques(making, table, called)
  checks(making, table, called)
  excludes(making, table, called)
  indexes(making, table, called)
  const referred = [table, ...before].filter(canBeReferred)
  for (const to of random.sample(referred, random.chance(0.5) ? random.int(1, 2) : 0)) {
    const key = foreignKey(making, table, to, called)
    table.columns.push(...key.columns)
    table.constraints.push(key.constraint)
  }
  const option = fragments.tableOption !== undefined && features.tableOptions && random.chance(0.15)
  if (option) record('table option')
  const hasComment = features.comments && random.chance(0.2)
  if (hasComment) record('table comment')
  return {
    ...table,
    options: option && fragments.tableOption ? { [fragments.tableOption.name]: fragments.tableOption.value } : {},
    ...(hasComment ? { comment: "what's in it" } : {}),
  }
}
