import { put, refText, tableKey, without } from '../../model/edit.ts'
import type { ColumnModel, EnumModel, SchemaModel, TableRef } from '../../model/schema-model.ts'
import type { OperationOf, OperationTable } from '../operation.ts'
import { checkEnumColumns, columnsOfEnum, isOfEnum, usesEnum } from './enum-columns.ts'
import { part, schemaFootprints } from './footprints.ts'
import {
  awaited,
  checkName,
  checkRef,
  dependent,
  exists,
  firstRepeated,
  invalid,
  irreversible,
  lastingOf,
  missing,
  renamed,
} from './objects.ts'
import { mapTables } from './references.ts'

function requireEnum(model: SchemaModel, ref: TableRef): EnumModel {
  const existing = model.enums.get(tableKey(ref))
  if (existing === undefined) throw missing(`enum ${refText(ref)}`)
  return existing
}

/** Columns repeat the name and the values of their enum: they follow it. */
function withEnum(model: SchemaModel, before: TableRef, after: EnumModel): SchemaModel {
  const placed = put(without(model, 'enums', tableKey(before)), 'enums', tableKey(after.ref), after)
  return mapTables(placed, (table) => {
    if (!usesEnum(model, table, before)) return table
    const columns = table.columns.map(
      (column): ColumnModel =>
        column.type.kind === 'enum' && isOfEnum(model, table, column, before)
          ? { ...column, type: { ...column.type, name: after.ref.name, values: after.values } }
          : column,
    )
    return { ...table, columns }
  })
}

/** The values after: renamed, then added, then taken away. */
function changedValues(values: readonly string[], operation: OperationOf<'alterEnum'>): readonly string[] {
  const line = enumTraits.alterEnum.describe(operation)
  const name = refText(operation.enum)
  const at = (list: readonly string[], value: string): number => {
    const index = list.indexOf(value)
    if (index < 0) throw missing(`value '${value}' of enum ${name}`)
    return index
  }
  const free = (list: readonly string[], value: string): void => {
    if (list.includes(value)) throw exists(`value '${value}' of enum ${name}`)
  }
  const result = [...values]
  for (const { value, to } of operation.rename ?? []) {
    const position = at(result, value)
    free(result, to)
    result[position] = to
  }
  for (const { value, before, after } of operation.add ?? []) {
    free(result, value)
    if (before !== undefined && after !== undefined)
      throw invalid(line, `'${value}' is put both before and after a value`)
    const position =
      before !== undefined ? at(result, before) : after !== undefined ? at(result, after) + 1 : result.length
    result.splice(position, 0, value)
  }
  for (const { value } of operation.drop ?? []) result.splice(at(result, value), 1)
  for (const { value, replaceBy } of operation.drop ?? []) {
    if (replaceBy !== undefined && !result.includes(replaceBy)) {
      throw invalid(line, `'${value}' is to be replaced by '${replaceBy}', which is no value of it`)
    }
  }
  if (result.length === 0) throw invalid(line, 'no value is left')
  const { order } = operation
  if (order === undefined) return result
  const repeated = firstRepeated(order)
  if (repeated !== undefined) throw invalid(line, `the order names '${repeated}' twice`)
  const missingIn = result.find((value) => !order.includes(value))
  if (missingIn !== undefined) throw invalid(line, `the order says nothing of '${missingIn}'`)
  for (const value of order) at(result, value)
  return order
}

/** Where the dropped values stood: each goes back before the next value that is still there. */
function putBack(values: readonly string[], dropped: ReadonlySet<string>) {
  return values.flatMap((value, at) => {
    if (!dropped.has(value)) return []
    const before = values.slice(at + 1).find((later) => !dropped.has(later))
    return [before === undefined ? { value } : { value, before }]
  })
}

export const enumTraits: Pick<OperationTable, 'createEnum' | 'alterEnum' | 'renameEnum' | 'dropEnum'> = {
  createEnum: {
    apply(before, operation) {
      const { ref, values } = operation.enum
      if (before.enums.has(tableKey(ref))) {
        if (operation.ifNotExists) return before
        throw exists(`enum ${refText(ref)}`)
      }
      checkRef(ref, 'enum')
      const line = enumTraits.createEnum.describe(operation)
      const repeated = firstRepeated(values)
      if (repeated !== undefined) throw invalid(line, `the value '${repeated}' is there twice`)
      checkEnumColumns(before, operation.enum, line)
      return put(before, 'enums', tableKey(ref), operation.enum)
    },
    invert(before, { enum: { ref }, ifNotExists }) {
      if (ifNotExists && before.enums.has(tableKey(ref))) return []
      return awaited(`enum ${refText(ref)}`, columnsOfEnum(before, ref)) ?? [{ kind: 'dropEnum', enum: ref }]
    },
    touches: ({ enum: created }) => [`enum:${part(tableKey(created.ref))}`, ...schemaFootprints(created.ref)],
    describe: ({ enum: created }) => `create enum ${refText(created.ref)}`,
  },

  alterEnum: {
    apply(before, operation) {
      const existing = requireEnum(before, operation.enum)
      return withEnum(before, existing.ref, { ...existing, values: changedValues(existing.values, operation) })
    },
    invert(before, operation) {
      const existing = before.enums.get(tableKey(operation.enum))
      if (existing === undefined) return irreversible(`the schema before has no enum ${refText(operation.enum)}`)
      const replaced = (operation.drop ?? []).filter(({ replaceBy }) => replaceBy !== undefined)
      if (replaced.length > 0) {
        const moved = replaced.map(({ value, replaceBy }) => `'${value}' hold '${replaceBy}'`)
        return irreversible(`rows that held ${moved.join(', ')} afterwards; which of them did is not known any more`)
      }
      // One after the other: two values may have changed their names by way of a third name.
      const renamedTo = (name: string): string =>
        (operation.rename ?? []).reduce((current, { value, to }) => (current === value ? to : current), name)
      const added = new Set((operation.add ?? []).map(({ value }) => value))
      const dropped = new Set((operation.drop ?? []).map(({ value }) => value))
      // What was added and dropped in one operation never was; the rest stands under its new name when it comes back.
      const add = putBack(existing.values.map(renamedTo), dropped)
      const drop = [...added].filter((value) => !dropped.has(value)).map((value) => ({ value }))
      const rename = [...(operation.rename ?? [])].reverse().map(({ value, to }) => ({ value: to, to: value }))
      // The values come back under their new names first, then are renamed: one operation renames first.
      const back = { kind: 'alterEnum', enum: operation.enum } as const
      const steps: readonly OperationOf<'alterEnum'>[] = [
        ...(add.length + drop.length > 0
          ? [{ ...back, ...(add.length > 0 ? { add } : {}), ...(drop.length > 0 ? { drop } : {}) }]
          : []),
        ...(rename.length > 0 ? [{ ...back, rename }] : []),
      ]
      if (operation.order === undefined) return steps
      // The last of them leaves the values that were there before.
      return [...steps.slice(0, -1), { ...(steps.at(-1) ?? back), order: existing.values }]
    },
    touches: ({ enum: ref }) => [`enum:${part(tableKey(ref))}`],
    describe: ({ enum: ref, add, rename, drop, order }) => {
      const parts = [
        ...(add ?? []).map(({ value }) => `add '${value}'`),
        ...(rename ?? []).map(({ value, to }) => `rename '${value}' to '${to}'`),
        ...(drop ?? []).map(({ value }) => `drop '${value}'`),
        ...(order === undefined ? [] : [`order ${order.map((value) => `'${value}'`).join(', ')}`]),
      ]
      return `change enum ${refText(ref)}: ${parts.join(', ')}`
    },
  },

  renameEnum: {
    apply(before, operation) {
      const { enum: ref, to } = operation
      const existing = requireEnum(before, ref)
      const target = renamed(ref, to)
      checkName(to, 'enum')
      if (before.enums.has(tableKey(target))) throw exists(`enum ${refText(target)}`)
      const moved: EnumModel = { ...existing, ref: target }
      checkEnumColumns(before, moved, enumTraits.renameEnum.describe(operation))
      return withEnum(before, ref, moved)
    },
    invert(before, { enum: ref, to }) {
      const target = renamed(ref, to)
      const waiting = awaited(`enum ${refText(target)}`, columnsOfEnum(before, target))
      return waiting ?? [{ kind: 'renameEnum', enum: target, to: ref.name }]
    },
    touches: ({ enum: ref, to }) => [`enum:${part(tableKey(ref))}`, `enum:${part(tableKey(renamed(ref, to)))}`],
    describe: ({ enum: ref, to }) => `rename enum ${refText(ref)} to ${to}`,
  },

  dropEnum: {
    apply(before, { enum: ref, ifExists }) {
      if (!before.enums.has(tableKey(ref))) {
        if (ifExists) return before
        throw missing(`enum ${refText(ref)}`)
      }
      const users = columnsOfEnum(before, ref)
      if (users.length > 0) throw dependent(`enum ${refText(ref)}`, users)
      return without(before, 'enums', tableKey(ref))
    },
    invert(before, { enum: ref, ifExists }) {
      const existing = before.enums.get(tableKey(ref))
      if (existing === undefined) return ifExists ? [] : irreversible(`the schema before has no enum ${refText(ref)}`)
      return lastingOf(`enum ${refText(ref)}`, [existing]) ?? [{ kind: 'createEnum', enum: existing }]
    },
    touches: ({ enum: ref }) => [`enum:${part(tableKey(ref))}`],
    describe: ({ enum: ref }) => `drop enum ${refText(ref)}`,
  },
}
