import { locate, type MigrateError } from '../../errors/migrate-error.ts'
import { nearNames } from '../../errors/near-names.ts'
import { bareName, namesUnknown, type UnknownName, type UnknownNameSlot } from '../../errors/unknown-name.ts'
import { invalid } from '../traits/objects.ts'
import { firstLocation } from './call-site.ts'
import { columnTypes, holders, objectMethods, questions, tableMethodNames, tableMethods } from './other-tools.ts'

/** Whose methods they are: those of `op`, or of the `t` of a block. */
export type RecorderKind = 'op' | 'alterTable' | 'createTable'

/** Where the recorders of one recording hold the last unknown method that was read of them. */
export type UnknownMethodSlot = UnknownNameSlot<RecorderKind>

const methodNamed = (methods: readonly string[], name: string): string | undefined =>
  methods.find((method) => bareName(method) === name)

function keyWith<K extends string>(names: { readonly [N in K]?: readonly string[] }, name: string): K | undefined {
  return (Object.keys(names) as K[]).find((key) => bareName(key) === name || names[key]?.includes(name))
}

/** The method that changes a table, whatever a block of createTable or another tool calls it. */
function tableMethod(name: string): keyof typeof tableMethods | undefined {
  const methods = Object.keys(tableMethods) as (keyof typeof tableMethods)[]
  return (
    methods.find((method) => bareName(method) === name || bareName(tableMethods[method] ?? '') === name) ??
    keyWith(tableMethodNames, name)
  )
}

const outside = 'outside of the block'

/** The call that is meant; undefined: it is unknown. */
function meantCall({ kind, members }: UnknownName<RecorderKind>, name: string): string | undefined {
  const receiver = kind === 'op' ? 'op' : 't'
  const own = methodNamed(members, name)
  if (own !== undefined) return `${receiver}.${own}()`
  const type = columnTypes[name]
  if (type !== undefined) {
    if (kind === 'op') return `op.addColumn('<table>', '<column>', ${type})`
    return `t.${kind === 'createTable' ? 'column' : 'addColumn'}('<column>', ${type})`
  }
  const change = tableMethod(name)
  if (change !== undefined) {
    const inBlock = kind === 'createTable' ? tableMethods[change] : change
    return inBlock === undefined ? `op.${change}() ${outside}` : `${receiver}.${inBlock}()`
  }
  const object = keyWith(objectMethods, name)
  return object === undefined ? undefined : kind === 'op' ? `op.${object}()` : `op.${object}() ${outside}`
}

function adviceFor(unknown: UnknownName<RecorderKind>): string {
  const name = bareName(unknown.name)
  if (holders.includes(name)) return 'its methods are methods of `op`: op.createTable(), op.alterTable()'
  if (questions.includes(name))
    return 'a revision cannot ask the database; use the guards `ifExists` and `ifNotExists` of an operation'
  const meant = meantCall(unknown, name)
  if (meant !== undefined) return `use ${meant}`
  const receiver = unknown.kind === 'op' ? 'op' : 't'
  const near = nearNames(unknown.name, unknown.members).map((method) => `${receiver}.${method}()`)
  if (near.length > 0) return `did you mean ${near.join(' or ')}?`
  return `there are ${[...unknown.members].sort().join(', ')}`
}

/**
 * What calling a method that is not there amounts to. An engine only says "op.execute is not a function". Undefined for every other error:
 * also where an unknown name was read (`typeof op.rename`), and something else failed after it.
 */
export function unknownMethodError(error: unknown, { last }: UnknownMethodSlot): MigrateError | undefined {
  const named = last && namesUnknown(error, last.name)
  if (last === undefined || named === undefined) return undefined
  if (named === 'asUndefined' && !holders.includes(bareName(last.name))) return undefined
  const receiver = last.kind === 'op' ? 'op' : 't'
  const result = invalid(`${receiver}.${last.name}`, `there is no such method: ${adviceFor(last)}`, error)
  const source = error instanceof Error ? firstLocation(error.stack ?? '') : undefined
  return source === undefined ? result : locate(result, { source })
}
