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
import type { RandomFeatures } from '../subject.ts'
import { draws, keyType, type Making, plainColumn } from './columns.ts'

interface Growing {
  readonly ref: TableRef
  readonly columns: ColumnModel[]
  readonly constraints: ConstraintModel[]
  readonly indexes: IndexModel[]
}

const number: ColumnType = { kind: 'integer', bits: 32 }

/** The part, if it is drawn to be deferrable. */
function deferrability(making: Making, kind: RandomFeatures['deferrable'][number], name: string, probability: number) {
  const isDeferrable = draws(making, `deferrable ${name}`, making.features.deferrable.includes(kind), probability)
  return isDeferrable ? { deferrable: making.random.pick(['immediate', 'deferred'] as const) } : {}
}

function primaryKey(making: Making, table: Growing, called: (what: string) => string): void {
  const { random, record, features } = making
  const mode = features.identity.length > 0 && random.chance(0.4) ? random.pick(features.identity) : undefined
  const isComposite = draws(making, 'composite key', mode === undefined, 0.3)
  if (mode === undefined) {
    for (let left = isComposite ? 2 : 1; left > 0; left--)
      table.columns.push({ name: called('column'), type: keyType(making), nullable: false })
  } else {
    record(`identity ${mode}`)
    const counts = draws(making, 'identity from, by', mode !== 'autoIncrement', 0.4)
    const identity = {
      mode,
      ...(counts ? { start: 100, increment: 5 } : {}),
      ...(draws(making, 'identity within bounds', counts, 0.5)
        ? { minValue: '50', maxValue: '90000', cache: 7, cycle: true }
        : {}),
    }
    table.columns.push({ name: called('column'), type: number, nullable: false, identity })
  }
  const columns = table.columns.map(({ name }) => name)
  table.constraints.push({
    kind: 'primaryKey',
    columns,
    ...deferrability(making, 'primaryKey', 'primary key', 0.1),
  })
}

function generated(making: Making, table: Growing, called: (what: string) => string): void {
  const { random, record, features, fragments } = making
  if (features.generated.length === 0 || !random.chance(0.25)) return
  const how = random.pick(features.generated)
  record(`generated, ${how}`)
  const base = called('column')
  const expression = `${fragments.quoted(base)} * 2`
  table.columns.push({ name: base, type: number, nullable: true })
  const derived = { name: called('column'), type: number, nullable: true }
  table.columns.push({ ...derived, generated: { expression, stored: how === 'stored' } })
}

function uniques(making: Making, table: Growing, called: (what: string) => string): void {
  const { random, features } = making
  if (!draws(making, 'unique', true, 0.35)) return
  const columns = Array.from(
    { length: random.int(1, 2) },
    (): ColumnModel => ({ name: called('column'), type: keyType(making), nullable: random.chance(0.5) }),
  )
  table.columns.push(...columns)
  table.constraints.push({
    kind: 'unique',
    ...(random.chance(0.8) ? { name: called('unique') } : {}),
    columns: columns.map(({ name }) => name),
    ...(draws(making, 'unique, nulls not distinct', features.nullsNotDistinct, 0.2) ? { nullsNotDistinct: true } : {}),
    ...deferrability(making, 'unique', 'unique', 0.2),
  })
}

function checks(making: Making, table: Growing, called: (what: string) => string): void {
  if (!draws(making, 'check', true, 0.35)) return
  const column = called('column')
  table.columns.push({ name: column, type: number, nullable: true })
  const name = making.fragments.quoted(column)
  const expression = making.random.pick([
    `${name} > 0`,
    `${name} <> 7`,
    `${name} >= 0 AND ${name} < 100`,
    `${name} IS NOT NULL`,
    `(${name} + 1) * 2 > 4`,
  ])
  table.constraints.push({ kind: 'check', name: called('check'), expression })
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
  record(from === to ? 'foreign key to itself' : 'foreign key')
  if (names.length > 1) record('composite foreign key')
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
    ...(draws(making, 'MATCH FULL', features.matchFull, 0.1) ? { match: 'full' } : {}),
    ...deferrability(making, 'foreignKey', 'foreign key', 0.2),
  }
  return { columns, constraint }
}

/** A deferrable key cannot be referred to. */
export const canBeReferred = ({ constraints }: Growing | TableModel): boolean =>
  !constraints.some((constraint) => constraint.kind === 'primaryKey' && constraint.deferrable !== undefined)

function element(making: Making, column: string): IndexElement {
  const { random, features } = making
  const nulls = draws(making, 'index, nulls first or last', features.nullsOrder, 0.2)
  return {
    column,
    ...(draws(making, 'index, descending', features.descendingIndexes, 0.25) ? { order: 'desc' as const } : {}),
    ...(nulls ? { nulls: random.pick(['first', 'last'] as const) } : {}),
  }
}

function indexes(making: Making, table: Growing, called: (what: string) => string): void {
  const { random, features, fragments } = making
  if (!random.chance(0.6)) return
  const [text, count, other] = [called('column'), called('column'), called('column')]
  const [quotedText, quotedCount] = [fragments.quoted(text), fragments.quoted(count)]
  table.columns.push(
    { name: text, type: features.textKeys ? { kind: 'text' } : { kind: 'varchar', length: 60 }, nullable: true },
    { name: count, type: number, nullable: true },
    { name: other, type: number, nullable: true },
  )
  for (let left = random.int(1, 3); left > 0; left--) {
    const columns = random.sample([text, count], random.int(1, 2))
    const elements: IndexElement[] = columns.map((column) => element(making, column))
    if (draws(making, 'index, of an expression', features.expressionIndexes, 0.25))
      elements.push({ expression: random.pick([`lower(${quotedText})`, `${quotedCount} + 1`]) })
    if (draws(making, 'index, of the first characters', features.prefixIndexes && columns.includes(text), 0.4)) {
      const at = columns.indexOf(text)
      elements[at] = { ...elements[at], prefixLength: 10 }
    }
    making.record('index')
    const unique = draws(making, 'index, unique', true, 0.3)
    const isPartial = draws(making, 'index, partial', features.partialIndexes, 0.25)
    table.indexes.push({
      name: called('index'),
      unique,
      elements,
      ...(isPartial ? { where: random.pick([`${quotedCount} > 5`, `${quotedText} IS NOT NULL`]) } : {}),
      ...(draws(making, 'index, covering', features.includeIndexes, 0.2) ? { include: [other] } : {}),
      ...(unique && features.nullsNotDistinct && random.chance(0.2) ? { nullsNotDistinct: true } : {}),
      ...(draws(making, 'index comment', features.comments, 0.15) ? { comment: "it's an index" } : {}),
    })
  }
}

function excludes(making: Making, table: Growing, called: (what: string) => string): void {
  if (!draws(making, 'exclusion', making.features.exclude, 0.15)) return
  const column = called('column')
  const expression = making.fragments.quoted(column)
  table.columns.push({ name: column, type: number, nullable: true })
  table.constraints.push({
    kind: 'exclude',
    name: called('exclusion'),
    method: 'btree',
    elements: [{ expression, operator: '=' }],
    ...(making.random.chance(0.5) ? { where: `${expression} > 0` } : {}),
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
  const { random, features } = making
  const { tableOption } = making.fragments
  const table: Growing = { ref, columns: [], constraints: [], indexes: [] }
  primaryKey(making, table, called)
  for (let left = random.int(1, 6); left > 0; left--) table.columns.push(plainColumn(making, called('column'), enums))
  for (const part of [generated, uniques, checks, excludes, indexes]) part(making, table, called)
  const referred = [table, ...before].filter(canBeReferred)
  for (const to of random.sample(referred, random.chance(0.5) ? random.int(1, 2) : 0)) {
    const key = foreignKey(making, table, to, called)
    table.columns.push(...key.columns)
    table.constraints.push(key.constraint)
  }
  const hasOption = tableOption !== undefined && draws(making, 'table option', features.tableOptions, 0.15)
  return {
    ...table,
    options: hasOption ? { [tableOption.name]: tableOption.value } : {},
    ...(draws(making, 'table comment', features.comments, 0.2) ? { comment: "what's in it" } : {}),
  }
}
