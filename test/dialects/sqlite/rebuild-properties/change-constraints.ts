import { choose, dropCheck, isAmbiguous, isNew, type Maker, used } from './change-state.ts'
import { checkOf } from './generate-constraints.ts'
import { emptyColumn } from './generate-table.ts'
import { isPlain, quoted } from './names.ts'
import type { Change, ColumnSpec } from './spec.ts'

/** Changes of constraints, options, indexes and the table's name. */
export const tableMakers: { readonly [kind: string]: Maker } = {
  addUnique(state) {
    const { random, names } = state.context
    const column = choose(
      state,
      'constraint',
      (one) =>
        one.distinct &&
        one.generated === undefined &&
        !used(one, 'unique', 'primaryKey') &&
        !state.touched.get(one)?.has('type'),
    )
    if (column === undefined) return []
    column.uses.add('unique')
    return [
      { kind: 'addUnique', columns: [column.name], ...(random.chance(0.5) ? { name: names.nextName('plain') } : {}) },
    ]
  },
  addPrimaryKey(state) {
    const has = state.spec.table.columns.some((one) => one.uses.has('primaryKey'))
    if (has || state.primaryKeyAdded) return []
    const column = choose(
      state,
      'constraint',
      (one) =>
        one.distinct &&
        one.notNull &&
        one.generated === undefined &&
        !used(one, 'unique') &&
        !/^integer$/i.test(one.type) &&
        !state.touched.get(one)?.has('type'),
    )
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
    return [{ kind: 'addCheck', expression, column: column.name, ...(named ? { name: names.nextName('plain') } : {}) }]
  },
  addForeignKey(state) {
    const { random, names } = state.context
    const column = emptyColumn(names.nextName(), 'INTEGER', 'integer')
    column.uses.add('foreignKey')
    state.columns.push(column)
    state.touched.set(
      column,
      new Set(['type', 'default', 'nullable', 'collation', 'generated', 'rename', 'drop', 'constraint', 'check']),
    )
    const onDelete = random.pick(['cascade', 'setNull', 'restrict', 'noAction'] as const)
    const { name: table, key } = state.spec.other
    return [
      {
        kind: 'addColumn',
        column: column.name,
        type: state.strict ? { native: 'INTEGER' } : { logical: 'integer' },
        nullable: true,
      },
      {
        kind: 'addForeignKey',
        column: column.name,
        table,
        key,
        onDelete,
        ...(random.chance(0.5) ? { name: names.nextName('plain') } : {}),
      },
    ]
  },
  dropConstraint(state) {
    const { random } = state.context
    const options: (() => Change)[] = []
    const current = (original: string): ColumnSpec | undefined =>
      state.columns.find((one) => state.original.get(one.name) === original)
    for (const constraint of state.spec.table.constraints) {
      if (state.droppedConstraints.has(constraint) || constraint.kind === 'primaryKey') continue
      const columns = constraint.columns.map(current)
      if (columns.some((one) => one === undefined || one.uses.has('referenced'))) continue
      const live = columns.flatMap((one) => (one === undefined ? [] : [one.name]))
      if (
        constraint.kind === 'check' &&
        constraint.name === undefined &&
        live.some((name) => state.original.get(name) !== name)
      )
        continue
      if (
        constraint.kind === 'check' &&
        constraint.name === undefined &&
        isAmbiguous(state, constraint.expression ?? '')
      )
        continue
      if (
        constraint.kind === 'unique' &&
        constraint.name === undefined &&
        columns.some((one) => one?.tokens.includes('UNIQUE') && columns.length === 1)
      )
        continue
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
        if (
          state.droppedConstraints.has(check) ||
          (check.name === undefined && state.original.get(column.name) !== column.name)
        )
          continue
        if (check.name === undefined && isAmbiguous(state, check.expression)) continue
        options.push(() => {
          state.droppedConstraints.add(check)
          return dropCheck(check.expression, check.name, column.name)
        })
      }
      if (column.tokens.includes('UNIQUE') && !column.uses.has('referenced') && !state.droppedConstraints.has(column)) {
        options.push(() => {
          state.droppedConstraints.add(column)
          return {
            kind: 'dropConstraint',
            what: 'unique',
            columns: [column.name],
            ...(column.uniqueName === undefined ? {} : { name: column.uniqueName }),
          }
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
    return [{ kind: 'createIndex', name: names.nextName(), columns: columns.map((one) => one.name), unique: false }]
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
    state.tableName = state.context.names.nextName()
    return [{ kind: 'renameTable', to: state.tableName }]
  },
}
