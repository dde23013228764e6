import { type ChangeState, choose, dropCheck, isAmbiguous, isNew, type Maker, typeFor, used } from './change-state.ts'
import { emptyColumn } from './generate-table.ts'
import { isPlain, quoted } from './names.ts'
import type { Change, ColumnSpec, DefaultChoice, TypeChoice } from './spec.ts'

/** Changes of columns. */
export const columnMakers: { readonly [kind: string]: Maker } = {
  type(state) {
    const { random } = state.context
    // the changed values must still fit what else is said of the column
    const plain = (one: ColumnSpec): boolean =>
      !one.rowidAlias &&
      one.generated === undefined &&
      !used(one, 'primaryKey', 'unique', 'uniqueIndex', 'referenced', 'foreignKey', 'fts', 'generated')
    const column = choose(
      state,
      'type',
      (one) => plain(one) && !isNew(state, one) && (!state.strict || one.values !== 'any'),
    )
    if (column === undefined) return []
    const to = typeFor(state)
    // substr() of an empty blob is NULL
    const usings = [
      `coalesce(@, 'none')`,
      '@',
      `CASE WHEN @ IS NULL THEN NULL ELSE @ END`,
      ...(column.notNull ? [] : [`substr(@, 1, 4)`]),
    ]
    const using =
      !state.strict && random.chance(0.3) ? random.pick(usings).replaceAll('@', quoted(column.name)) : undefined
    column.type = 'native' in to ? to.native : to.logical
    column.values = 'any'
    return [{ kind: 'type', column: column.name, to, ...(using === undefined ? {} : { using }) }]
  },
  nullable(state) {
    const column = choose(
      state,
      'nullable',
      (one) => one.generated === undefined && !one.rowidAlias && !used(one, 'primaryKey') && !isNew(state, one),
    )
    if (column === undefined) return []
    if (column.notNull) {
      column.notNull = false
      return [{ kind: 'nullable', column: column.name, nullable: true }]
    }
    const nulls = state.facts.hasNull(state.original.get(column.name) ?? '')
    if (
      nulls &&
      (used(column, 'unique', 'uniqueIndex', 'foreignKey', 'referenced', 'fts') ||
        state.strict ||
        state.touched.get(column)?.has('type'))
    )
      return []
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
      (one) =>
        one.generated === undefined &&
        !one.rowidAlias &&
        ['text', 'any'].includes(one.values) &&
        !used(one, 'primaryKey', 'unique', 'uniqueIndex', 'referenced', 'foreignKey'),
    )
    if (column === undefined) return []
    const to =
      column.collation === undefined
        ? random.pick(['NOCASE', 'RTRIM'])
        : random.pick([null, 'NOCASE', 'RTRIM', 'BINARY'])
    if (to === column.collation) return []
    column.collation = to ?? undefined
    return [{ kind: 'collation', column: column.name, to }]
  },
  generated(state) {
    const { random } = state.context
    const column = choose(
      state,
      'generated',
      (one) =>
        one.generated !== undefined && !used(one, 'unique', 'uniqueIndex', 'primaryKey', 'fts') && !isNew(state, one),
    )
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
    const column = emptyColumn(names.nextName(), '', 'any')
    const how = random.pick(['plain', 'default', 'now', 'expression', 'stored', 'virtual', 'collated', 'not null'])
    const type: TypeChoice = how === 'now' || state.strict ? { logical: 'text' } : typeFor(state)
    let change: Change = { kind: 'addColumn', column: column.name, type, nullable: true }
    if (how === 'default')
      change = { ...change, default: { literal: random.pick(['x, y', 7, null, "it's"].slice(state.strict ? 3 : 0)) } }
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
    state.touched.set(
      column,
      new Set(['type', 'default', 'nullable', 'collation', 'generated', 'rename', 'drop', 'constraint']),
    )
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
        !used(
          one,
          'primaryKey',
          'unique',
          'uniqueIndex',
          'index',
          'generated',
          'foreignKey',
          'referenced',
          'trigger',
          'view',
          'fts',
        ) &&
        !isNew(state, one) &&
        (state.touched.get(one)?.size ?? 0) <= 1,
    )
    if (column === undefined) return []
    const changes: Change[] = []
    if (used(column, 'check')) {
      // A constraint that was there before names the column as it was called before.
      const first = state.original.get(column.name) ?? column.name
      for (const constraint of state.spec.table.constraints) {
        if (
          constraint.kind === 'check' &&
          (constraint.columns.includes(column.name) || constraint.columns.includes(first)) &&
          !state.droppedConstraints.has(constraint)
        )
          return []
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
      (one) =>
        isPlain(one.name) &&
        !used(one, 'fts') &&
        one.tokens[0]?.[0] !== `'` &&
        !isNew(state, one) &&
        !state.touched.get(one)?.has('mentioned'),
    )
    if (column === undefined) return []
    const to = names.nextName(random.chance(0.5) ? 'plain' : 'any')
    const original = state.original.get(column.name) ?? column.name
    state.original.delete(column.name)
    state.original.set(to, original)
    const change: Change = { kind: 'renameColumn', column: column.name, to }
    column.name = to
    return [change]
  },
}

function newDefault(state: ChangeState, column: ColumnSpec): DefaultChoice {
  const { random } = state.context
  if (column.values === 'integer')
    return random.pick<DefaultChoice>([{ literal: 5 }, { literal: -12 }, { expression: '3 + 4' }])
  if (column.values === 'real') return random.pick<DefaultChoice>([{ literal: 2.5 }, { expression: '1.5 * 2' }])
  if (column.values === 'blob') return { expression: `x'0a0b'` }
  return random.pick<DefaultChoice>([
    { literal: "it's (new)" },
    { literal: '' },
    { expression: `upper('abc') || ')'` },
    { now: true },
  ])
}
