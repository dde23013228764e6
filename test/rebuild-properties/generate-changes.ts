import type { Context } from './generate-table.ts'
import { checkOf, emptyColumn } from './generate-table.ts'
import { isPlain, quoted } from './names.ts'
import type { CaseSpec, Change, ColumnSpec, DefaultChoice, TypeChoice, Usage } from './spec.ts'

/** Facts of the rows that decide whether a change can succeed. */
export interface RowFacts {
  hasNull(column: string): boolean
  rows: number
}

interface State {
  readonly context: Context
  readonly spec: CaseSpec
  readonly facts: RowFacts
  /** Columns with their names at this point. */
  columns: ColumnSpec[]
  /** By the name at this point: the name before the revision; absent for added columns. */
  readonly original: Map<string, string>
  readonly touched: Map<ColumnSpec, Set<string>>
  tableName: string
  strict: boolean
  withoutRowid: boolean
  readonly droppedIndexes: Set<string>
  readonly droppedConstraints: Set<unknown>
  primaryKeyAdded: boolean
}

type Maker = (state: State) => readonly Change[]

const used = (column: ColumnSpec, ...uses: Usage[]): boolean => uses.some((use) => column.uses.has(use))

function choose(state: State, what: string, fits: (column: ColumnSpec) => boolean): ColumnSpec | undefined {
  const fitting = state.columns.filter((one) => !state.touched.get(one)?.has(what) && fits(one))
  if (fitting.length === 0) return undefined
  const column = state.context.random.pick(fitting)
  state.touched.set(column, (state.touched.get(column) ?? new Set()).add(what))
  return column
}

const isNew = (state: State, column: ColumnSpec): boolean => !state.original.has(column.name)

function typeFor(state: State): TypeChoice {
  const { random } = state.context
  if (state.strict) return random.pick<TypeChoice>([{ native: 'ANY' }, { native: 'ANY' }, { native: 'any' }])
  return random.pick<TypeChoice>([
    { logical: 'text' },
    { logical: 'integer' },
    { logical: 'bigint' },
    { logical: 'double' },
    { logical: 'bytes' },
    { logical: 'boolean' },
    { logical: 'varchar' },
    { native: 'NUMERIC(8,3)' },
    { native: 'MEDIUMTEXT' },
    { native: 'VARYING CHARACTER(255)' },
  ])
}

const makers: { readonly [kind: string]: Maker } = {
  type(state) {
    const { random } = state.context
    // the changed values must still fit what else is said of the column
    const plain = (one: ColumnSpec): boolean =>
      !one.rowidAlias && one.generated === undefined && !used(one, 'primaryKey', 'unique', 'uniqueIndex', 'referenced', 'foreignKey', 'fts', 'generated')
    const column = choose(state, 'type', (one) => plain(one) && !isNew(state, one) && (!state.strict || one.values !== 'any'))
    if (column === undefined) return []
    const to = typeFor(state)
    // substr() of an empty blob is NULL
    const usings = [`coalesce(@, 'none')`, '@', `CASE WHEN @ IS NULL THEN NULL ELSE @ END`, ...(column.notNull ? [] : [`substr(@, 1, 4)`])]
    const using = !state.strict && random.chance(0.3) ? random.pick(usings).replaceAll('@', quoted(column.name)) : undefined
    column.type = 'native' in to ? to.native : to.logical
    column.values = 'any'
    return [{ kind: 'type', column: column.name, to, ...(using === undefined ? {} : { using }) }]
  },
  nullable(state) {
    const column = choose(state, 'nullable', (one) => one.generated === undefined && !one.rowidAlias && !used(one, 'primaryKey') && !isNew(state, one))
    if (column === undefined) return []
    if (column.notNull) {
      column.notNull = false
      return [{ kind: 'nullable', column: column.name, nullable: true }]
    }
    const nulls = state.facts.hasNull(state.original.get(column.name) ?? '')
    if (nulls && (used(column, 'unique', 'uniqueIndex', 'foreignKey', 'referenced', 'fts') || state.strict || state.touched.get(column)?.has('type'))) return []
    column.notNull = true
    state.touched.get(column)?.add('type')
    const using = nulls ? `coalesce(${quoted(column.name)}, 'was null')` : undefined
    return [{ kind: 'nullable', column: column.name, nullable: false, ...(using === undefined ? {} : { using }) }]
  },
  default(state) {
    const { random } = state.context
    const column = choose(state, 'default', (one) => one.generated === undefined && !one.rowidAlias)
    if (column === undefined) return []
    if (column.hasDefault && random.chance(0.4)) {
      column.hasDefault = false
      return [{ kind: 'default', column: column.name, to: null }]
    }
    column.hasDefault = true
    return [{ kind: 'default', column: column.name, to: newDefault(state, column) }]
  },
  collation(state) {
    const { random } = state.context
    const column = choose(
      state,
      'collation',
      (one) => one.generated === undefined && !one.rowidAlias && ['text', 'any'].includes(one.values) && !used(one, 'primaryKey', 'unique', 'uniqueIndex', 'referenced', 'foreignKey'),
    )
    if (column === undefined) return []
    const to = column.collation === undefined ? random.pick(['NOCASE', 'RTRIM']) : random.pick([null, 'NOCASE', 'RTRIM', 'BINARY'])
    if (to === column.collation) return []
    column.collation = to ?? undefined
    return [{ kind: 'collation', column: column.name, to }]
  },
  generated(state) {
    const { random } = state.context
    const column = choose(state, 'generated', (one) => one.generated !== undefined && !used(one, 'unique', 'uniqueIndex', 'primaryKey', 'fts') && !isNew(state, one))
    if (column === undefined) return []
    const base = random.pick(state.columns.filter((one) => one.generated === undefined))
    base.uses.add('generated')
    const expression = `coalesce(${quoted(base.name)}, '?') || ', again)'`
    // without a table copy SQLite cannot turn a virtual column into a stored one, so this is always a rebuild
    const stored = random.chance(0.5)
    column.generated = { expression, stored }
    return [{ kind: 'generated', column: column.name, expression, stored }]
  },
  autoincrement(state) {
    const column = choose(state, 'autoincrement', (one) => one.rowidAlias && one.tokens.includes('PRIMARY'))
    if (column === undefined || state.withoutRowid) return []
    column.autoincrement = !column.autoincrement
    return [{ kind: 'autoincrement', column: column.name, on: column.autoincrement }]
  },
  addColumn(state) {
    const { random, names } = state.context
    const column = emptyColumn(names.fresh(), '', 'any')
    const how = random.pick(['plain', 'default', 'now', 'expression', 'stored', 'virtual', 'collated', 'not null'])
    const type: TypeChoice = how === 'now' || state.strict ? { logical: 'text' } : typeFor(state)
    let change: Change = { kind: 'addColumn', column: column.name, type, nullable: true }
    if (how === 'default') change = { ...change, default: { literal: random.pick(['x, y', 7, null, "it's"].slice(state.strict ? 3 : 0)) } }
    if (how === 'not null') change = { ...change, nullable: false, default: { literal: 'zz' } }
    if (how === 'now') change = { ...change, default: { now: true } }
    if (how === 'expression') change = { ...change, default: { expression: `lower('A') || ')'` } }
    if (how === 'collated') change = { ...change, type: { logical: 'text' }, collation: 'NOCASE' }
    if (how === 'stored' || how === 'virtual') {
      const base = random.pick(state.columns.filter((one) => one.generated === undefined))
      base.uses.add('generated')
      const expression = state.strict ? `typeof(${quoted(base.name)})` : `coalesce(${quoted(base.name)}, '-')`
      column.generated = { expression, stored: how === 'stored' }
      change = { ...change, type: { logical: 'text' }, generated: column.generated }
    }
    column.notNull = !change.nullable
    column.hasDefault = change.default !== undefined
    state.columns.push(column)
    state.touched.set(column, new Set(['type', 'default', 'nullable', 'collation', 'generated', 'rename', 'drop', 'constraint']))
    return [change]
  },
  dropColumn(state) {
    const ordinary = state.columns.filter((one) => one.generated === undefined && !one.rowidAlias)
    const column = choose(
      state,
      'drop',
      (one) =>
        (one.generated !== undefined || ordinary.length > 2) &&
        !one.rowidAlias &&
        !used(one, 'primaryKey', 'unique', 'uniqueIndex', 'index', 'generated', 'foreignKey', 'referenced', 'trigger', 'view', 'fts') &&
        !isNew(state, one) &&
        (state.touched.get(one)?.size ?? 0) <= 1,
    )
    if (column === undefined) return []
    const changes: Change[] = []
    if (used(column, 'check')) {
      for (const constraint of state.spec.table.constraints) {
        if (constraint.kind === 'check' && constraint.columns.includes(column.name) && !state.droppedConstraints.has(constraint)) return []
      }
      for (const check of column.checks) {
        if (state.droppedConstraints.has(check)) continue
        const renamed = state.original.get(column.name) !== column.name
        if (check.name === undefined && (renamed || isAmbiguous(state, check.expression))) return []
        state.droppedConstraints.add(check)
        changes.push(dropCheck(check.expression, check.name, column.name))
      }
    }
    state.columns = state.columns.filter((one) => one !== column)
    return [...changes, { kind: 'dropColumn', column: column.name }]
  },
  renameColumn(state) {
    const { random, names } = state.context
    const column = choose(
      state,
      'rename',
      (one) => isPlain(one.name) && !used(one, 'fts') && one.tokens[0]?.[0] !== `'` && !isNew(state, one) && !state.touched.get(one)?.has('mentioned'),
    )
    if (column === undefined) return []
    const to = names.fresh(random.chance(0.5) ? 'plain' : 'any')
    const original = state.original.get(column.name) ?? column.name
    state.original.delete(column.name)
    state.original.set(to, original)
    const change: Change = { kind: 'renameColumn', column: column.name, to }
    column.name = to
    return [change]
  },
  addUnique(state) {
    const { random, names } = state.context
    const column = choose(state, 'constraint', (one) => one.distinct && one.generated === undefined && !used(one, 'unique', 'primaryKey') && !state.touched.get(one)?.has('type'))
    if (column === undefined) return []
    column.uses.add('unique')
    return [{ kind: 'addUnique', columns: [column.name], ...(random.chance(0.5) ? { name: names.fresh('plain') } : {}) }]
  },
  addPrimaryKey(state) {
    const has = state.spec.table.columns.some((one) => one.uses.has('primaryKey'))
    if (has || state.primaryKeyAdded) return []
    const column = choose(state, 'constraint', (one) => one.distinct && one.notNull && one.generated === undefined && !used(one, 'unique') && !/^integer$/i.test(one.type) && !state.touched.get(one)?.has('type'))
    if (column === undefined) return []
    state.primaryKeyAdded = true
    column.uses.add('primaryKey')
    return [{ kind: 'addPrimaryKey', columns: [column.name] }]
  },
  addCheck(state) {
    const { random, names } = state.context
    const column = choose(state, 'check', (one) => one.generated === undefined && !isNew(state, one) && !one.rowidAlias)
    if (column === undefined) return []
    const expression = checkOf({ ...state.context, names: { ...names, written: quoted } }, column)
    const named = column.uses.has('check') || random.chance(0.6)
    column.uses.add('check')
    state.touched.get(column)?.add('mentioned')
    return [{ kind: 'addCheck', expression, column: column.name, ...(named ? { name: names.fresh('plain') } : {}) }]
  },
  addForeignKey(state) {
    const { random, names } = state.context
    const column = emptyColumn(names.fresh(), 'INTEGER', 'integer')
    column.uses.add('foreignKey')
    state.columns.push(column)
    state.touched.set(column, new Set(['type', 'default', 'nullable', 'collation', 'generated', 'rename', 'drop', 'constraint', 'check']))
    const onDelete = random.pick(['cascade', 'setNull', 'restrict', 'noAction'] as const)
    const { name: table, key } = state.spec.other
    return [
      { kind: 'addColumn', column: column.name, type: state.strict ? { native: 'INTEGER' } : { logical: 'integer' }, nullable: true },
      { kind: 'addForeignKey', column: column.name, table, key, onDelete, ...(random.chance(0.5) ? { name: names.fresh('plain') } : {}) },
    ]
  },
  dropConstraint(state) {
    const { random } = state.context
    const options: (() => Change)[] = []
    const current = (original: string): ColumnSpec | undefined => state.columns.find((one) => state.original.get(one.name) === original)
    for (const constraint of state.spec.table.constraints) {
      if (state.droppedConstraints.has(constraint) || constraint.kind === 'primaryKey') continue
      const columns = constraint.columns.map(current)
      if (columns.some((one) => one === undefined || one.uses.has('referenced'))) continue
      const live = columns.flatMap((one) => (one === undefined ? [] : [one.name]))
      if (constraint.kind === 'check' && constraint.name === undefined && live.some((name) => state.original.get(name) !== name)) continue
      if (constraint.kind === 'check' && constraint.name === undefined && isAmbiguous(state, constraint.expression ?? '')) continue
      if (constraint.kind === 'unique' && constraint.name === undefined && columns.some((one) => one?.tokens.includes('UNIQUE') && columns.length === 1)) continue
      options.push(() => {
        state.droppedConstraints.add(constraint)
        return {
          kind: 'dropConstraint',
          what: constraint.kind,
          columns: live,
          ...(constraint.name === undefined ? {} : { name: constraint.name }),
          ...(constraint.expression === undefined ? {} : { expression: constraint.expression }),
        }
      })
    }
    for (const column of state.columns) {
      for (const check of column.checks) {
        if (state.droppedConstraints.has(check) || (check.name === undefined && state.original.get(column.name) !== column.name)) continue
        if (check.name === undefined && isAmbiguous(state, check.expression)) continue
        options.push(() => {
          state.droppedConstraints.add(check)
          return dropCheck(check.expression, check.name, column.name)
        })
      }
      if (column.tokens.includes('UNIQUE') && !column.uses.has('referenced') && !state.droppedConstraints.has(column)) {
        options.push(() => {
          state.droppedConstraints.add(column)
          return { kind: 'dropConstraint', what: 'unique', columns: [column.name], ...(column.uniqueName === undefined ? {} : { name: column.uniqueName }) }
        })
      }
    }
    return options.length === 0 ? [] : [random.pick(options)()]
  },
  strict(state) {
    if (!state.strict && (!state.spec.table.strictable || state.touched.size > 0)) return []
    // without STRICT, ANY means NUMERIC affinity, and texts that look like numbers would become numbers
    if (state.strict && state.columns.some((one) => /^any$/i.test(one.type))) return []
    state.strict = !state.strict
    return [{ kind: 'options', option: 'strict', on: state.strict }]
  },
  withoutRowid(state) {
    const key = state.columns.filter((one) => used(one, 'primaryKey'))
    if (key.length === 0 || key.some((one) => one.rowidAlias) || state.primaryKeyAdded) return []
    const byRowid = ['R-tree beside it', 'FTS5 with external content'].some((one) => state.context.features.has(one))
    if (byRowid || key.some((one) => !one.notNull && state.facts.hasNull(state.original.get(one.name) ?? ''))) return []
    state.withoutRowid = !state.withoutRowid
    return [{ kind: 'options', option: 'withoutRowid', on: state.withoutRowid }]
  },
  createIndex(state) {
    const { random, names } = state.context
    const columns = random.sample(state.columns, random.int(1, 2))
    for (const one of columns) one.uses.add('index')
    return [{ kind: 'createIndex', name: names.fresh(), columns: columns.map((one) => one.name), unique: false }]
  },
  dropIndex(state) {
    const left = state.spec.indexes.filter((one) => !state.droppedIndexes.has(one.name))
    if (left.length === 0) return []
    const index = state.context.random.pick(left)
    state.droppedIndexes.add(index.name)
    return [{ kind: 'dropIndex', name: index.name }]
  },
  renameTable(state) {
    const byRowid = ['R-tree beside it', 'FTS5 with external content'].some((one) => state.context.features.has(one))
    if (byRowid || state.tableName !== state.spec.table.name || !isPlain(state.tableName)) return []
    state.tableName = state.context.names.fresh()
    return [{ kind: 'renameTable', to: state.tableName }]
  },
}

/** Two checks of the same words: the migrator asks which is meant. */
function isAmbiguous({ spec: { table } }: State, expression: string): boolean {
  const all = [...table.constraints.map((one) => one.expression), ...table.columns.flatMap((one) => one.checks.map((check) => check.expression))]
  return all.filter((one) => one === expression).length > 1
}

function dropCheck(expression: string, name: string | undefined, column: string): Change {
  return { kind: 'dropConstraint', what: 'check', columns: [column], expression, ...(name === undefined ? {} : { name }) }
}

function newDefault(state: State, column: ColumnSpec): DefaultChoice {
  const { random } = state.context
  if (column.values === 'integer') return random.pick<DefaultChoice>([{ literal: 5 }, { literal: -12 }, { expression: '3 + 4' }])
  if (column.values === 'real') return random.pick<DefaultChoice>([{ literal: 2.5 }, { expression: '1.5 * 2' }])
  if (column.values === 'blob') return { expression: `x'0a0b'` }
  return random.pick<DefaultChoice>([{ literal: "it's (new)" }, { literal: '' }, { expression: `upper('abc') || ')'` }, { now: true }])
}

/** Changes that force a copy come often; the others are there to be mixed with them. */
const weights: readonly (readonly [number, string])[] = [
  [14, 'type'],
  [12, 'nullable'],
  [12, 'default'],
  [8, 'collation'],
  [5, 'generated'],
  [7, 'autoincrement'],
  [10, 'addColumn'],
  [7, 'dropColumn'],
  [7, 'renameColumn'],
  [5, 'addUnique'],
  [3, 'addPrimaryKey'],
  [8, 'addCheck'],
  [7, 'addForeignKey'],
  [9, 'dropConstraint'],
  [5, 'strict'],
  [5, 'withoutRowid'],
  [4, 'createIndex'],
  [3, 'dropIndex'],
  [3, 'renameTable'],
]

export function generateChanges(context: Context, spec: CaseSpec, facts: RowFacts): readonly Change[] {
  const { random, features } = context
  const state: State = {
    context,
    spec,
    facts,
    columns: spec.table.columns.map((one) => ({ ...one, uses: one.uses })),
    original: new Map(spec.table.columns.map((one) => [one.name, one.name])),
    touched: new Map(),
    tableName: spec.table.name,
    strict: spec.table.strict,
    withoutRowid: spec.table.withoutRowid,
    droppedIndexes: new Set(),
    droppedConstraints: new Set(),
    primaryKeyAdded: false,
  }
  const wanted = random.weighted([
    [5, 1],
    [3, 2],
    [3, 3],
    [2, 4],
    [1, 6],
  ])
  const changes: Change[] = []
  for (let attempts = 0; changes.length < wanted && attempts < 40; attempts++) {
    const kind = random.weighted(weights)
    const made = makers[kind]?.(state) ?? []
    if (made.length > 0) features.add(`change: ${kind}`)
    changes.push(...made)
  }
  if (changes.length >= 3) features.add('three or more changes at once')
  return changes
}
